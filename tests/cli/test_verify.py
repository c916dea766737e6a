# SPDX-License-Identifier: EUPL-1.2
"""`sprega verify`: what was checked in plain words, every finding, and an exit code for each outcome."""

from __future__ import annotations

from pathlib import Path

import pytest

from sprega.foundation.ledger.checkpoint import new_key
from sprega.foundation.ledger.proof import dump_proof
from tests.cli.conftest import Command
from tests.foundation.ledger.conftest import Ledger, leaf


@pytest.fixture
def ledger() -> Ledger:
    return Ledger([leaf(position, erased=position == 3) for position in range(12)])


@pytest.fixture
def path(tmp_path: Path, ledger: Ledger) -> Path:
    path = tmp_path / "ledger.jsonl"
    path.write_bytes(b"".join(ledger.lines()))
    return path


@pytest.fixture
def proof(tmp_path: Path, ledger: Ledger) -> Path:
    path = tmp_path / "proof.json"
    path.write_text(dump_proof(ledger.leaves[6], ledger.path(6, 11), ledger.note(11), ledger.keys), "utf-8")
    return path


@pytest.fixture
def keys(tmp_path: Path, ledger: Ledger) -> Path:
    path = tmp_path / "keys.txt"
    path.write_text("".join(f"{key}\n" for key in ledger.keys), "utf-8")
    return path


@pytest.fixture
def kept(tmp_path: Path, ledger: Ledger) -> Path:
    path = tmp_path / "kept.txt"
    path.write_text(ledger.note(8), "utf-8")
    return path


def test_a_right_ledger(path: Path, sprega: Command, capsys: pytest.CaptureFixture[str]) -> None:
    assert sprega("verify", path) == 0
    said = capsys.readouterr().out.splitlines()
    assert said[:4] == [
        "Ledger: clusters.example/practice",
        "Events: 12, of which erased: 1",
        "Checkpoints: 4",
        "Events after the last good checkpoint, which nothing signs: 1",
    ]
    assert sum(line.startswith("Key: clusters.example/practice+") for line in said) == 2
    assert any("compare them with those that the office published" in line for line in said)
    assert said[-1] == "The ledger is right."


def test_with_keys_and_a_kept_checkpoint(
    path: Path, keys: Path, kept: Path, sprega: Command, capsys: pytest.CaptureFixture[str]
) -> None:
    assert sprega("verify", path, "--keys", keys, "--checkpoint", kept) == 0
    said = capsys.readouterr().out
    assert "from the file itself" not in said
    assert "The checkpoint that you kept is the beginning of this ledger." in said


def test_a_line_of_an_earlier_export_is_a_checkpoint_too(path: Path, kept: Path, sprega: Command) -> None:
    kept.write_bytes([line for line in path.read_bytes().splitlines(True) if b'{"checkpoint":' in line][-1])
    assert sprega("verify", path, "--checkpoint", kept) == 0
    kept.write_text('{"checkpoint":"a"}\n', "utf-8")
    assert sprega("verify", path, "--checkpoint", kept) == 2
    kept.write_text('{"checkpoint":', "utf-8")
    assert sprega("verify", path, "--checkpoint", kept) == 2


def test_a_wrong_ledger(path: Path, sprega: Command, capsys: pytest.CaptureFixture[str]) -> None:
    path.write_bytes(path.read_bytes().replace("бележка 2".encode(), "бележка 9".encode()))
    assert sprega("verify", path, "--lang", "bg") == 1
    said = capsys.readouterr().out
    assert "- Ред 5: събитието не отговаря на своя отпечатък: било е променено." in said
    assert said.rstrip().endswith("Дневникът не е верен. Забележки: 1")


def test_a_ledger_that_was_rewritten(
    path: Path, kept: Path, ledger: Ledger, sprega: Command, capsys: pytest.CaptureFixture[str]
) -> None:
    ledger.leaves[0] = leaf(0, text="forged")
    path.write_bytes(b"".join(ledger.lines()))
    assert sprega("verify", path) == 0
    assert sprega("verify", path, "--checkpoint", kept) == 1
    assert "The first 8 events are not those of the checkpoint that you kept" in capsys.readouterr().out


def test_many_findings(
    path: Path, ledger: Ledger, sprega: Command, capsys: pytest.CaptureFixture[str]
) -> None:
    ledger.leaves = [leaf(position, text="right") for position in range(80)]
    ledger.sizes = (80,)
    path.write_bytes(b"".join(ledger.lines()).replace(b'"right"', b'"wrong"'))
    assert sprega("verify", path) == 1
    said = capsys.readouterr().out
    assert "- and more: 30" in said
    assert said.rstrip().endswith("Findings: 80")


def test_a_proof(proof: Path, keys: Path, sprega: Command, capsys: pytest.CaptureFixture[str]) -> None:
    assert sprega("verify", proof, "--keys", keys) == 0
    said = capsys.readouterr().out
    assert "Proof of one event at position 6" in said
    assert "Ledger: clusters.example/practice, at a checkpoint of 11 events" in said
    assert said.rstrip().endswith("The event stands in the ledger as the file has it.")


def test_a_wrong_proof(proof: Path, kept: Path, sprega: Command, capsys: pytest.CaptureFixture[str]) -> None:
    assert sprega("verify", proof, "--checkpoint", kept) == 2
    assert "Verify the whole ledger instead." in capsys.readouterr().err
    proof.write_text(proof.read_text("utf-8").replace("бележка 6", "бележка 7"), "utf-8")
    assert sprega("verify", proof) == 1
    assert capsys.readouterr().out.rstrip().endswith("The proof is wrong. Findings: 1")


@pytest.mark.parametrize("content", [None, "", "[]", "{}", '{"form":"sprega-proof-1"}', "\x00", "\n" * 9])
def test_an_unreadable_ledger(
    content: str | None, tmp_path: Path, sprega: Command, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "ledger.jsonl"
    if content is not None:
        path.write_text(content)
    assert sprega("verify", path) == 2
    said = capsys.readouterr()
    assert not said.out
    assert said.err.rstrip().endswith("Name a ledger that Sprega exported, or the proof of one event.")


def test_a_folder(tmp_path: Path, sprega: Command, capsys: pytest.CaptureFixture[str]) -> None:
    assert sprega("verify", tmp_path) == 2
    assert "it is a folder" in capsys.readouterr().err


@pytest.mark.parametrize("content", [None, b"", b"a", b"\xff", b"a" * 40_000])
@pytest.mark.parametrize("option", ["--keys", "--checkpoint"])
def test_an_unreadable_companion(
    content: bytes | None,
    option: str,
    path: Path,
    sprega: Command,
    capsys: pytest.CaptureFixture[str],
) -> None:
    other = path.with_name("other")
    if content is not None:
        other.write_bytes(content)
    assert sprega("verify", path, option, other) == 2
    said = capsys.readouterr()
    assert not said.out
    mends = {"--keys": "public keys that the office published", "--checkpoint": "that you kept from earlier"}
    assert mends[option] in said.err


def test_only_keys_that_are_trusted_count(
    path: Path, keys: Path, sprega: Command, capsys: pytest.CaptureFixture[str]
) -> None:
    keys.write_text(f"{new_key('clusters.example/practice').public}\n", "utf-8")
    assert sprega("verify", path, "--keys", keys) == 1
    assert "No known key has signed this checkpoint" in capsys.readouterr().out


def test_help_in_bulgarian(sprega: Command, capsys: pytest.CaptureFixture[str]) -> None:
    assert sprega("verify", "--help", "--lang", "bg") == 0
    said = capsys.readouterr().out
    assert "контролна точка, пазена отпреди" in said
    assert "usage" not in said
