# SPDX-License-Identifier: EUPL-1.2
"""The members of a new cluster, read from a workbook that anybody may have made."""

import zipfile
from pathlib import Path

import openpyxl
import pytest

from sprega.formats.members_workbook import COLUMNS, MemberRow, read_members, slug_of, write_template


def workbook(path: Path, *rows: tuple[object, ...], header: tuple[str, ...] = COLUMNS) -> Path:
    """A workbook with these rows under the header."""
    book = openpyxl.Workbook()
    book.active.title = "Members"
    for row in (header, *rows):
        book.active.append(row)
    book.save(path)
    return path


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "members.xlsx"


def test_members_with_holdings_inside_and_outside(path: Path) -> None:
    reading = read_members(
        workbook(
            path,
            ("Ore Works", "Рудник", "company", "", ""),
            ("Smelter", "", "", "Рудник", ""),
            ("Община Пирдоп", None, "municipality", None, "pirdop"),
            ("Foundry", None, "company", "Far Holding", None),
        )
    )
    assert not reading.faults
    assert not reading.warnings
    assert reading.members == (
        MemberRow("ore-works", "Ore Works", "Рудник", "company", ""),
        MemberRow("smelter", "Smelter", "", "company", "ore-works"),
        MemberRow("pirdop", "Община Пирдоп", "", "municipality", ""),
        MemberRow("foundry", "Foundry", "", "company", "Far Holding"),
    )


def test_every_fault_at_once_with_its_place(path: Path) -> None:
    reading = read_members(
        workbook(
            path,
            ("Ore Works", "", "comapny", "", ""),
            (None, "Без име", "company", "", ""),
            ("ore works", "", "company", "", "Ore Works!"),
            ("Smelter", "", "company", "Smelter", "ore-works"),
            ("x" * 201, "", "company", "", "long"),
            ("???", "", "company", "", ""),
        )
    )
    assert reading.members == ()
    assert [(fault.row, fault.column) for fault in reading.faults] == [
        (2, "kind"),
        (3, "name"),
        (4, "slug"),
        (4, "name"),
        (5, "slug"),
        (5, "holding"),
        (6, "name"),
        (7, "slug"),
    ]
    assert all(str(fault.mend) for fault in reading.faults)


def test_a_holding_spelled_nearly_as_another_is_warned_of(path: Path) -> None:
    reading = read_members(
        workbook(path, ("A", "", "", "Ore Holding", ""), ("B", "", "", "Ore Holdings", ""))
    )
    assert [(warning.row, warning.column) for warning in reading.warnings] == [(3, "holding")]
    assert "Ore Holding" in str(reading.warnings[0].mend)


def test_holdings_that_go_round_in_a_circle(path: Path) -> None:
    reading = read_members(
        workbook(
            path, ("First", "", "", "Second", ""), ("Second", "", "", "First", ""), ("Third", "", "", "", "")
        )
    )
    assert [(fault.row, fault.column) for fault in reading.faults] == [(2, "holding"), (3, "holding")]


def test_a_circle_is_named_beside_a_name_that_stands_twice(path: Path) -> None:
    reading = read_members(
        workbook(
            path,
            ("First", "", "", "Second", ""),
            ("Second", "", "", "First", ""),
            ("Third", "", "", "", ""),
            ("third", "", "", "", ""),
        )
    )
    assert [(fault.row, fault.column) for fault in reading.faults] == [
        (2, "holding"),
        (3, "holding"),
        (5, "name"),
    ]


def test_a_formula_without_its_result_is_no_empty_cell(path: Path) -> None:
    reading = read_members(
        workbook(path, ("First", "", "", "", ""), ("Second", "", "", "=A2", ""), ("=A2", "", "", "", ""))
    )
    assert [(fault.row, fault.column) for fault in reading.faults] == [(3, "holding"), (4, "name")]
    assert str(reading.faults[0].problem) == "The formula =A2 was saved without its result."


def test_a_member_that_stands_twice_in_two_languages(path: Path) -> None:
    reading = read_members(workbook(path, ("Mine", "Рудник", "", "", ""), ("Рудник", "", "", "", "")))
    assert [(fault.row, fault.column) for fault in reading.faults] == [(3, "name")]


def test_a_file_that_is_not_there_is_not_called_damaged(path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        read_members(path)


def test_a_workbook_without_names_or_rows(path: Path) -> None:
    (fault,) = read_members(workbook(path, ("A",), header=("names",))).faults
    assert (fault.row, fault.column) == (1, "name")
    assert "names" in str(fault.mend)
    (fault,) = read_members(workbook(path)).faults
    assert fault.row is None


def test_what_is_no_workbook(path: Path) -> None:
    path.write_bytes(b"PK\x03\x04 nothing")
    (fault,) = read_members(path).faults
    assert fault.row is None


@pytest.mark.parametrize("part", ["xl/workbook.xml", "xl/styles.xml", "[Content_Types].xml"])
def test_entities_that_multiply_are_refused(path: Path, part: str) -> None:
    write_template(path)
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    times_ten = "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 9))
    head, _tag, rest = parts[part].decode().partition("?>")
    rest = rest.replace("</", "&a8;</", 1)
    parts[part] = f'{head}?><!DOCTYPE x [<!ENTITY a0 "lol">{times_ten}]>{rest.strip()}'.encode()
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    (fault,) = read_members(path).faults
    assert str(fault.problem) == "The file is damaged or is no XLSX workbook."


def test_the_template_is_an_empty_workbook(path: Path) -> None:
    write_template(path)
    (fault,) = read_members(path).faults
    assert str(fault.problem) == "The sheet Members is empty."


def test_slugs_follow_the_official_transliteration() -> None:
    assert slug_of("Община Панагюрище") == "obshtina-panagyurishte"
    assert slug_of("Щъркел Ѝ ООД") == "shtarkel-i-ood"
