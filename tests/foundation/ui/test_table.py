"""Tables: what an address may ask, what it may not, and the workbook."""

from __future__ import annotations

import io
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import openpyxl
import pytest
from django.template.loader import render_to_string
from django.test import RequestFactory
from django.utils import translation
from django.utils.safestring import mark_safe

from sprega.foundation.organisations.models import Organisation
from sprega.foundation.ui import export
from sprega.foundation.ui.table import Choice, Column, Table
from tests.people import People

ROWS = [
    {"name": "Lime", "kind": "bulk", "tonnes": Decimal("12.5"), "at": datetime(2026, 1, 2, 12, tzinfo=UTC)},
    {"name": "=HYPERLINK(1)", "kind": "other", "tonnes": None, "at": date(2026, 3, 4)},
    {"name": "Balls <b>", "kind": "bulk", "tonnes": Decimal("1240"), "at": None},
]
COLUMNS = [
    Column("name", "Name", sort="name"),
    Column("tonnes", "Quantity", kind="number", unit="t", sort="tonnes", seen=lambda row: "desk"),
    Column("at", "Day", kind="day"),
]


def table(query: str = "", rows: Any = ROWS, columns: list[Column] = COLUMNS, **options: Any) -> Table:
    options.setdefault("search", ["name"])
    options.setdefault("choices", [Choice("kind", "Kind", [("bulk", "Bulk"), ("other", "Other")])])
    return Table(RequestFactory().get(f"/?{query}"), rows, columns, **options)


def names(query: str, **options: Any) -> list[str]:
    return [row[0].text for row in table(query, **options).body]


def test_sorts_by_its_columns_only() -> None:
    assert names("sort=name") == ["=HYPERLINK(1)", "Balls <b>", "Lime"]
    assert names("sort=-tonnes") == ["Balls <b>", "Lime", "=HYPERLINK(1)"], "what is not known comes last"
    for wish in ("at", "kind", "name__class", "", "-"):
        assert names(f"sort={wish}") == [row["name"] for row in ROWS], "in the order given"


def test_searches_and_filters() -> None:
    assert names("q=LIM") == ["Lime"]
    assert names("kind=bulk&q=b") == ["Balls <b>"]
    assert names("kind=nothing") == [row["name"] for row in ROWS], "a value that is not offered"
    narrowed = render_to_string("ui/components/table.html", {"table": table("q=zinc")})
    assert "Nothing matches" in narrowed
    assert 'value="zinc"' in narrowed, "what was typed stays"


def test_pages() -> None:
    one = table("page=2&q=&sort=name", per_page=2)
    assert [row[0].text for row in one.body] == ["Lime"]
    assert one.previous_url == "?q=&sort=name&page=1"
    assert table("page=99", per_page=2).page.number == 2
    assert table("page=x", per_page=2).page.number == 1


def test_two_tables_of_a_page_do_not_disturb_each_other() -> None:
    query = "sort=name&other-sort=-name"
    assert names(query) == ["=HYPERLINK(1)", "Balls <b>", "Lime"]
    assert names(query, name="other") == ["Lime", "Balls <b>", "=HYPERLINK(1)"]


def test_drawn() -> None:
    page = render_to_string(
        "ui/components/table.html", {"table": table("sort=-tonnes", caption="Goods", export="G")}
    )
    assert "Balls &lt;b&gt;" in page
    assert 'aria-sort="descending"' in page
    assert '<th scope="col" class="number"' in page
    assert "Quantity (t)" in page
    assert "1\N{NO-BREAK SPACE}240" in page
    assert 'data-class="desk"' in page
    assert "?sort=-tonnes&amp;export=xlsx" in page
    assert 'scope="row"' in page


def test_what_is_drawn_is_escaped_once() -> None:
    columns = [
        Column("name", "Name", link=lambda row: "/?a=1&b=<"),
        Column("sum", "Sum", value=lambda row: mark_safe("<b>1</b>")),
    ]
    (row,) = table("", [{"name": "A & <i>B"}], columns, choices=[]).body
    assert (row[0].text, row[1].text) == ("A & <i>B", "<b>1</b>")
    assert table("", [{"name": "A & <i>B"}], columns, choices=[]).drawn == (
        '<tr><th scope="row"><a href="/?a=1&amp;b=&lt;" hx-boost="false">A &amp; &lt;i&gt;B</a></th>'
        "<td><b>1</b></td></tr>"
    )


def test_moments_are_written_in_the_readers_language() -> None:
    columns = [Column("at", "When", kind="moment"), Column("day", "Day", value="at", kind="day")]
    row = {"at": datetime(2026, 1, 2, 23, 30, 59, tzinfo=UTC)}
    written = {}
    for language in ("en", "bg", "en"):
        with translation.override(language):
            written[language] = [cell.text for cell in table("", [row], columns, choices=[]).body[0]]
    assert written["en"] == ["3 Jan 2026, 01:30", "3 Jan 2026"], "in Sofia's time"
    assert written["bg"][1] == "03.01.2026"


def test_workbook() -> None:
    wanted = table("export=xlsx&kind=other", export="Goods: [all]/*")
    assert wanted.wants_export
    assert not table("export=xlsx").wants_export, "only where it is offered"
    answer = export.workbook(table("export=xlsx&sort=name", export="Goods: [all]/*"))
    assert "goods-all.xlsx" in answer["Content-Disposition"]
    sheet = openpyxl.load_workbook(io.BytesIO(b"".join(answer.streaming_content))).active
    rows = list(sheet.values)
    assert rows[0] == ("Name", "Quantity (t)", "Day")
    assert rows[1][:2] == ("=HYPERLINK(1)", None)
    assert sheet["A2"].data_type == "s", "text is never a formula"
    assert rows[2][1] == 1240
    assert rows[3][2] == datetime.fromisoformat("2026-01-02T14:00"), "in Sofia's time"


def test_workbook_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(export, "MOST_ROWS", 2)
    answer = export.workbook(table(export="Goods"))
    rows = list(openpyxl.load_workbook(io.BytesIO(b"".join(answer.streaming_content))).active.values)
    assert len(rows) == 4
    assert rows[3][0].startswith("There are more rows than 2.")


def test_queryset(people: People, django_assert_num_queries: Any) -> None:
    columns = [
        Column("name", "Name", sort="name"),
        Column("holding", "Holding", value="holding.name", sort="holding__name"),
    ]
    rows = Organisation.objects.select_related("holding").exclude(holding=None)
    wanted = table(
        "q=o%20w\0&standing=member&sort=-name",
        rows,
        columns,
        search=["name", "name_bg"],
        choices=[Choice("standing", "Standing", Organisation.Standing.choices)],
    )
    with django_assert_num_queries(1):  # all rows fit on the page: nothing is counted
        assert [[cell.text for cell in row] for row in wanted.body] == [["Copper Works", "Ore Holding"]]
    assert [row[0].text for row in table("q=copper&sort=-name", rows, columns).body] == ["Copper Works"]
