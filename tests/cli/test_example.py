# SPDX-License-Identifier: EUPL-1.2
"""`sprega example`: a workbook to start from, never over somebody's own."""

from pathlib import Path

import pytest

from sprega.formats.purchase_workbook import read_purchase
from tests.cli.conftest import Command


def test_writes_a_workbook(tmp_path: Path, sprega: Command, capsys: pytest.CaptureFixture[str]) -> None:
    assert sprega("example", tmp_path / "new" / "folder") == 0
    path = tmp_path / "new" / "folder" / "purchase.xlsx"
    assert str(path) in capsys.readouterr().out
    assert not read_purchase(path).faults
    assert [one.name for one in path.parent.iterdir()] == ["purchase.xlsx"]


def test_twice_is_the_same(tmp_path: Path, sprega: Command) -> None:
    assert sprega("example", tmp_path) == 0
    assert sprega("example", tmp_path) == 0


def test_in_bulgarian(tmp_path: Path, sprega: Command) -> None:
    assert sprega("example", tmp_path, "--lang", "bg") == 0
    purchase = read_purchase(tmp_path / "purchase.xlsx").purchase
    assert purchase is not None
    assert purchase.name == "Учебна обща покупка 2026 (примерни данни)"


def test_a_changed_workbook_is_kept(
    tmp_path: Path, sprega: Command, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "purchase.xlsx"
    for content in (b"mine", b""):
        path.write_bytes(content)
        assert sprega("example", tmp_path) == 2
        assert path.read_bytes() == content
        assert "--force" in capsys.readouterr().err
    assert sprega("example", tmp_path, "--force") == 0
    assert not read_purchase(path).faults


def test_a_place_that_cannot_be(tmp_path: Path, sprega: Command, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "file").write_text("")
    assert sprega("example", tmp_path / "file") == 2
    assert "cannot be written" in capsys.readouterr().err
