# SPDX-License-Identifier: EUPL-1.2
"""The result folder: whole or not at all, whatever ends the work."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from sprega.cli import result_folder
from sprega.cli.refusal import Refusal
from sprega.cli.result_folder import file_names, whole_result


def result(folder: Path, content: str) -> None:
    (folder / "result.json").write_text(json.dumps({"schema": "sprega.result/1", "content": content}))


def content(folder: Path) -> str:
    return json.loads((folder / "result.json").read_text())["content"]


@pytest.mark.parametrize("at_once", [True, False])
def test_new_then_replaced(tmp_path: Path, at_once: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    if not at_once:
        monkeypatch.setattr(result_folder, "_exchange", lambda one, other: False)
    for words in ("first", "second"):
        with whole_result(tmp_path / "r") as folder:
            result(folder, words)
        assert content(tmp_path / "r") == words
        assert [path.name for path in tmp_path.iterdir()] == ["r"]


@pytest.mark.parametrize("at_once", [True, False])
@pytest.mark.parametrize("mask", [0o000, 0o022, 0o077])
def test_only_the_owner_may_look_into_it(
    tmp_path: Path, mask: int, at_once: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    if not at_once:
        monkeypatch.setattr(result_folder, "_exchange", lambda one, other: False)
    before = os.umask(mask)
    try:
        target = tmp_path / "r"
        target.mkdir(mode=0o777)
        result(target, "an earlier one, open to all")
        for words in ("replaced", "again"):
            with whole_result(target) as folder:
                assert folder.stat().st_mode & 0o777 == 0o700, "private while it is being written, too"
                result(folder, words)
                (folder / "members").mkdir()
                (folder / "members" / "A.pdf").write_bytes(b"")
            rights = {
                str(path.relative_to(target)): path.stat().st_mode & 0o777
                for path in (target, *target.rglob("*"))
            }
            assert rights == {".": 0o700, "result.json": 0o600, "members": 0o700, "members/A.pdf": 0o600}
    finally:
        os.umask(before)


@pytest.mark.parametrize("error", [RuntimeError, KeyboardInterrupt, SystemExit])
def test_an_end_before_the_end_leaves_the_old_one(tmp_path: Path, error: type[BaseException]) -> None:
    with whole_result(tmp_path / "r") as folder:
        result(folder, "old")
    with pytest.raises(error), whole_result(tmp_path / "r") as folder:
        result(folder, "new")
        raise error
    assert content(tmp_path / "r") == "old"
    assert [path.name for path in tmp_path.iterdir()] == ["r"]


def test_an_end_before_the_end_leaves_no_parents(tmp_path: Path) -> None:
    with pytest.raises(RuntimeError), whole_result(tmp_path / "a" / "b" / "r"):
        raise RuntimeError
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("name", ["notes.txt", "result.json"])
def test_other_folders_are_left_alone(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text('{"schema": "another/1"}')
    with pytest.raises(Refusal, match="other files"), whole_result(tmp_path):
        pass
    assert [path.name for path in tmp_path.iterdir()] == [name]


@pytest.mark.parametrize("name", ["notes.txt", "purchase.xlsx", "members/notes.txt", "old/result.json"])
def test_a_file_put_into_a_result_is_not_lost(tmp_path: Path, name: str) -> None:
    result(tmp_path, "old")
    (tmp_path / name).parent.mkdir(exist_ok=True)
    (tmp_path / name).write_text("mine")
    with pytest.raises(Refusal, match="other files"), whole_result(tmp_path):
        pass
    assert (tmp_path / name).read_text() == "mine"
    assert content(tmp_path) == "old"


def test_what_programs_leave_in_a_result_does_not_stop_the_next(tmp_path: Path) -> None:
    (tmp_path / "r" / "members").mkdir(parents=True)
    result(tmp_path / "r", "old")
    for name in ("award.xlsx", ".~lock.award.xlsx#", "~$award.xlsx", ".DS_Store", "members/A.pdf"):
        (tmp_path / "r" / name).write_bytes(b"")
    with whole_result(tmp_path / "r") as folder:
        result(folder, "new")
    assert content(tmp_path / "r") == "new"


def test_an_empty_folder_may_be_filled(tmp_path: Path) -> None:
    (tmp_path / "r").mkdir()
    with whole_result(tmp_path / "r") as folder:
        result(folder, "new")
    assert content(tmp_path / "r") == "new"


def test_a_link_keeps_pointing_at_the_result(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "real")
    with whole_result(tmp_path / "link") as folder:
        result(folder, "new")
    assert (tmp_path / "link").is_symlink()
    assert content(tmp_path / "real") == "new"


def test_leftovers_of_a_killed_run_are_tidied(tmp_path: Path) -> None:
    (tmp_path / ".r.new-abc").mkdir()
    (tmp_path / ".r.old").mkdir()
    result(tmp_path / ".r.old", "old")
    with pytest.raises(RuntimeError), whole_result(tmp_path / "r"):
        raise RuntimeError
    assert content(tmp_path / "r") == "old", "killed between the two renames: the old result is brought back"
    assert [path.name for path in tmp_path.iterdir()] == ["r"]


def test_a_run_at_work_is_not_tidied_away(tmp_path: Path) -> None:
    with whole_result(tmp_path / "r") as one:
        with whole_result(tmp_path / "r") as other:
            result(other, "other")
        assert one.exists()
        result(one, "one")
    assert content(tmp_path / "r") == "one"


def test_killed_at_any_moment(tmp_path: Path) -> None:
    """The folder holds the old or the new result, and the next run tidies up."""
    program = (
        "import json, sys\n"
        "from pathlib import Path\n"
        "from sprega.cli.result_folder import whole_result\n"
        "for count in range(100000):\n"
        "    with whole_result(Path(sys.argv[1])) as folder:\n"
        "        content = {'schema': 'sprega.result/1', 'content': str(count)}\n"
        "        (folder / 'result.json').write_text(json.dumps(content))\n"
        "        (folder / 'report.pdf').write_text(str(count))\n"
        "    print(count, flush=True)\n"
    )
    for wait in (0.0, 0.003, 0.007, 0.011):
        process = subprocess.Popen(
            [sys.executable, "-c", program, str(tmp_path / "r")], stdout=subprocess.PIPE
        )
        assert process.stdout is not None
        process.stdout.readline()
        time.sleep(wait)
        os.kill(process.pid, signal.SIGKILL)
        process.communicate()
        assert content(tmp_path / "r") == (tmp_path / "r" / "report.pdf").read_text()
    with whole_result(tmp_path / "r") as folder:
        result(folder, "last")
    assert [path.name for path in tmp_path.iterdir()] == ["r"]


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_a_folder_that_cannot_be_written(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    with pytest.raises(Refusal, match="cannot be written"), whole_result(tmp_path / "r"):
        pass


def test_a_full_disk_is_said(tmp_path: Path) -> None:
    with pytest.raises(Refusal, match="the disk is full"), whole_result(tmp_path / "r"):
        raise OSError(28, "No space left on device")
    assert not list(tmp_path.iterdir())


def test_file_names_are_safe_and_differ() -> None:
    codes = ["М01", "a/b", "a:b", "A_B", "..", "", "CON", "x" * 200, "x" * 201, "../../etc/passwd", "a b"]
    names = file_names(codes)
    assert len({name.casefold() for name in names}) == len(codes)
    assert names[0] == "М01"
    for name in names:
        assert name
        assert len(name.encode()) < 200
        assert not set(name) & set('/\\:*?"<>|.\0 ')
        assert name.upper() != "CON"
