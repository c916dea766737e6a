# SPDX-License-Identifier: EUPL-1.2
"""Files that are no workbook, and workbooks that would make a careless reader hang or swell."""

from __future__ import annotations

import re
import time
import zipfile

import pytest

from sprega.formats.purchase_workbook import read_purchase


def only_fault(path):
    (fault,) = read_purchase(path).faults
    assert (fault.sheet, fault.row, fault.column) == (None, None, None)
    assert str(fault.mend)
    return str(fault.problem)


def rewrite(path, part, change):
    """Put another text into one part of a workbook."""
    with zipfile.ZipFile(path) as old:
        parts = {name: old.read(name) for name in old.namelist()}
    parts[part] = change(parts[part])
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as new:
        for name, content in parts.items():
            new.writestr(name, content)
    return path


def test_no_file_and_a_folder(tmp_path):
    assert "cannot be opened" in only_fault(tmp_path / "none.xlsx")
    assert "cannot be opened" in only_fault(tmp_path)


@pytest.mark.parametrize(
    "content",
    [b"", b"a,b\n1,2\n", b"PK\x03\x04 broken", b"\x00" * 5000, b"%PDF-1.7", b"PK\x05\x06" + b"\x00" * 18],
)
def test_something_else(tmp_path, content):
    path = tmp_path / "p.xlsx"
    path.write_bytes(content)
    assert "no XLSX workbook" in only_fault(path)


def test_password_or_old_format(tmp_path):
    path = tmp_path / "p.xlsx"
    path.write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 2000)
    assert "password" in only_fault(path)


def test_zip_without_a_workbook(tmp_path):
    path = tmp_path / "p.xlsx"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
    assert "no XLSX workbook" in only_fault(path)


def test_cut_short(sheets, save):
    path = save(sheets)
    path.write_bytes(path.read_bytes()[:-400])
    assert "no XLSX workbook" in only_fault(path)


def test_bomb_is_not_unpacked(sheets, save):
    path = rewrite(save(sheets), "xl/worksheets/sheet1.xml", lambda text: text + b" " * 30_000_000)
    assert "too large" in only_fault(path)


def test_too_large(tmp_path):
    path = tmp_path / "p.xlsx"
    with path.open("wb") as file:
        file.write(b"PK\x03\x04")
        file.truncate(20_000_001)
    assert "too large" in only_fault(path)


def test_entities_are_refused(sheets, save):
    def entity(text):
        head = b'<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>'
        return re.sub(rb"(<worksheet)", head + rb"\1", text, count=1).replace(b"Gloves and lime", b"&a;")

    path = rewrite(save(sheets), "xl/worksheets/sheet1.xml", entity)
    assert "no XLSX workbook" in only_fault(path)


@pytest.mark.parametrize(
    "dimension",
    [b'<dimension ref="A1:XFD1048576"/>', b'<dimension ref="A1"/>', b'<dimension ref="nonsense"/>', b""],
)
def test_stated_size_is_not_trusted(sheets, save, dimension):
    path = rewrite(
        save(sheets), "xl/worksheets/sheet5.xml", lambda text: re.sub(rb"<dimension[^>]*>", dimension, text)
    )
    began = time.process_time()
    reading = read_purchase(path)
    if dimension != b'<dimension ref="nonsense"/>':
        assert reading.purchase is not None and len(reading.purchase.demand_quantity) == 6
    assert time.process_time() - began < 5


def test_a_row_far_below_and_columns_far_right(sheets, save):
    far = b'<row r="1048576"><c r="XFD1048576" s="0"/></row><row r="99999999999"></row></sheetData>'
    path = rewrite(save(sheets), "xl/worksheets/sheet5.xml", lambda text: text.replace(b"</sheetData>", far))
    began = time.process_time()
    reading = read_purchase(path)
    assert len(reading.purchase.demand_quantity) == 6
    assert time.process_time() - began < 10


def test_many_formatted_empty_rows(sheets, save):
    empty = b"".join(b'<row r="%d" spans="1:4"><c r="A%d" s="0"/></row>' % (n, n) for n in range(8, 100_008))
    path = rewrite(
        save(sheets),
        "xl/worksheets/sheet5.xml",
        lambda text: text.replace(b"</sheetData>", empty + b"</sheetData>"),
    )
    assert len(read_purchase(path).purchase.demand_quantity) == 6


def test_rows_are_bounded(sheets, save, monkeypatch):
    monkeypatch.setattr("sprega.formats.purchase_workbook.cells.MOST_ROWS", 40)
    sheets["Demand"] += [["S1", "P1", 1, 1]] * 100
    faults = read_purchase(save(sheets)).faults
    assert any("more than 40 rows" in str(fault.problem) for fault in faults)


def test_formula_with_an_empty_or_an_error_result(sheets, save):
    sheets["Demand"][1][3] = "=1"
    sheets["Demand"][2][3] = "=2"

    def results(text):
        text = re.sub(rb'<c r="D2"[^>]*>.*?</c>', b'<c r="D2" t="str"><f>1</f><v></v></c>', text)
        return re.sub(rb'<c r="D3"[^>]*>.*?</c>', b'<c r="D3" t="e"><f>1/0</f><v>#DIV/0!</v></c>', text)

    reading = read_purchase(rewrite(save(sheets), "xl/worksheets/sheet5.xml", results))
    assert [(f.row, f.column) for f in reading.faults] == [(3, "current_price")]
    assert "#DIV/0!" in str(reading.faults[0].problem)


def test_formula_with_its_result_is_read(sheets, save):
    sheets["Demand"][1][2] = "=50+50"
    path = rewrite(
        save(sheets),
        "xl/worksheets/sheet5.xml",
        lambda text: re.sub(rb'<c r="C2"[^>]*>.*?</c>', b'<c r="C2"><f>50+50</f><v>100</v></c>', text),
    )
    assert read_purchase(path).purchase.demand_quantity[0] == 100
