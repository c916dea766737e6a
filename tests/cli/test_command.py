# SPDX-License-Identifier: EUPL-1.2
"""The command as a process: fast to start, quiet when interrupted, help in both languages."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from sprega.cli.texts import ARGPARSE
from tests.cli.conftest import Command

PROGRAM = [sys.executable, "-c", "import sys; from sprega.cli.main import main; sys.exit(main())"]


def test_help_starts_fast() -> None:
    took = []
    for _ in range(3):
        began = time.perf_counter()
        done = subprocess.run([*PROGRAM, "--help"], capture_output=True, text=True, check=True)
        took.append(time.perf_counter() - began)
    assert "example" in done.stdout
    assert min(took) < 0.5


def test_help_needs_no_slow_package() -> None:
    program = (
        "import sys\nfrom sprega.cli.main import main\n"
        "try:\n    main(['--help'])\nexcept SystemExit:\n    pass\n"
        "slow = {'numpy', 'scipy', 'numba', 'altair', 'typst', 'rich', 'openpyxl', 'highspy'}\n"
        "print(slow & set(sys.modules), file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stderr.strip() == "set()"


@pytest.mark.parametrize("command", [[], ["clear"], ["check"], ["example"]])
def test_help_in_bulgarian(command: list[str], sprega: Command, capsys: pytest.CaptureFixture[str]) -> None:
    assert sprega(*command, "--help", "--lang", "bg") == 0
    said = capsys.readouterr().out
    assert "употреба:" in said
    assert "показва тази помощ" in said
    assert "usage" not in said
    assert "show this help" not in said


def test_argparse_still_says_what_we_translate() -> None:
    import argparse

    source = Path(argparse.__file__).read_text(encoding="utf-8")
    for sentence in ARGPARSE:
        assert repr(sentence.text)[1:-1] in source


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupt_leaves_nothing(tmp_path: Path, number: signal.Signals) -> None:
    from sprega.formats.purchase_workbook import write_purchase
    from sprega.rooms.buying.practice import practice_purchase

    write_purchase(practice_purchase(), tmp_path / "p.xlsx")
    arguments = ["clear", str(tmp_path / "p.xlsx"), "--out", str(tmp_path / "r")]
    process = subprocess.Popen(
        [*PROGRAM, *arguments], stderr=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    for _ in range(600):
        if any(path.name.startswith(".r.new") for path in tmp_path.iterdir()):
            break
        time.sleep(0.05)
    process.send_signal(number)
    _, said = process.communicate(timeout=60)
    assert process.returncode == {signal.SIGINT: 130, signal.SIGTERM: 143}[number]
    assert "Traceback" not in said
    assert [path.name for path in tmp_path.iterdir()] == ["p.xlsx"]


def test_a_closed_pipe_is_no_error(tmp_path: Path) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    done = subprocess.run(
        [*PROGRAM, "example", str(tmp_path)], stdout=writing, stderr=subprocess.PIPE, text=True, check=False
    )
    os.close(writing)
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("arguments", "right", "bulgarian"),
    [
        (["clear", "p.xlsx", "--out", "r", "--time-limit", "nan"], "seconds above 0", "секунди над 0"),
        (["clear", "p.xlsx", "--out", "r", "--seed", "-1.5"], "whole number from 0", "цяло число от 0"),
        (["serve", "--port", "80"], "from 1024 to 65535", "от 1024 до 65535"),
        (["start", "a", "--port", "x"], "from 1024 to 65535", "от 1024 до 65535"),
    ],
)
def test_a_refused_argument_says_what_is_right(
    arguments: list[str], right: str, bulgarian: str, sprega: Command, capsys: pytest.CaptureFixture[str]
) -> None:
    for more, words in (([], right), (["--lang", "bg"], bulgarian)):
        assert sprega(*arguments, *more) == 2
        said = capsys.readouterr().err
        assert words in said
        assert not any(name in said for name in ("natural", "invalid", "невалидна"))
