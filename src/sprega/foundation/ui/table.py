# SPDX-License-Identifier: EUPL-1.2
"""Tables that sort, filter, page and export by plain addresses: `?sort=-tonnes&q=lime&page=2&export=xlsx`."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from html import escape
from operator import attrgetter, itemgetter
from typing import TYPE_CHECKING, Any, Literal, NamedTuple
from urllib.parse import urlencode

from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from sprega.foundation.ui.days import short_day, short_moment
from sprega.foundation.ui.figures import spoken
from sprega.foundation.ui.paging import page_of
from sprega.foundation.ui.seen import mark

if TYPE_CHECKING:
    from django.core.paginator import Page
    from django.utils.functional import Promise

    Text = str | Promise


@dataclass(frozen=True)
class Column:
    """A column: `value` is an attribute's dotted path or a function of the row, `key` by default.

    Attributes
    ----------
    key : str
        Its name in the address of a sorted table.
    label : str
        The heading; a number's unit is added to it.
    kind : {"text", "number", "day", "moment"}
        How a cell is written, aligned and exported.
    sort : str or tuple of str
        The fields that a queryset is ordered by (for a list: any word, the value itself orders). Without it
        the column does not sort.
    link : callable, optional
        The address that the cell leads to.
    seen : callable, optional
        The visibility class that is marked beside the cell.
    """

    key: str
    label: Text
    value: str | Callable[[Any], Any] = ""
    kind: Literal["text", "number", "day", "moment"] = "text"
    unit: Text = ""
    digits: int | None = None
    sort: str | tuple[str, ...] = ()
    link: Callable[[Any], str] | None = None
    seen: Callable[[Any], str] | None = None

    @cached_property
    def of(self) -> Callable[[Any], Any]:
        """The value of a row."""
        if callable(self.value):
            return self.value
        path = self.value or self.key
        item, attribute = itemgetter(path), attrgetter(path)
        return lambda row: item(row) if isinstance(row, dict) else attribute(row)

    @property
    def heading(self) -> str:
        """Its label with its unit."""
        return f"{self.label} ({self.unit})" if self.unit else str(self.label)

    def writer(self) -> Callable[[Any], str]:
        """What writes the values as the reader's language does, for one page."""
        if self.kind == "number":
            number, digits = spoken().number, self.digits
            return lambda value: "" if value is None or value == "" else number(float(value), digits)
        return _moment if self.kind == "moment" else _text


def _moment(value: Any) -> str:
    return short_moment(value) if isinstance(value, datetime) else _text(value)


def _text(value: Any) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, date):
        return short_day(value)
    return "" if value is None else str(value)


@dataclass(frozen=True)
class Choice:
    """A filter by one of several values: `field` is looked up in a queryset, read from a list's rows."""

    key: str
    label: Text
    options: Sequence[tuple[str, Text]]
    field: str = ""


@dataclass(frozen=True)
class Heading:
    """The head of a column, with the address that sorts by it."""

    label: str
    number: bool
    url: str
    order: Literal["", "ascending", "descending"]


CELLS: dict[str, Literal["", "number", "nowrap"]] = {
    "text": "",
    "number": "number",
    "day": "nowrap",
    "moment": "nowrap",
}
"""The class of a cell by the kind of its column."""


class Cell(NamedTuple):
    """A cell as it is drawn."""

    text: str
    kind: Literal["", "number", "nowrap"]
    url: str
    seen: str


class Table:
    """Rows that a reader may see, shown page by page as the address asks.

    Whoever makes one hands rows that are already restricted to what the viewer may see; columns, filters and
    search fields named here are all that an address can reach.
    """

    PER_PAGE = 50

    def __init__(
        self,
        request: HttpRequest,
        rows: QuerySet[Any] | Sequence[Any],
        columns: Sequence[Column],
        *,
        name: str = "table",
        caption: Text = "",
        search: Sequence[str] = (),
        choices: Sequence[Choice] = (),
        per_page: int = PER_PAGE,
        export: Text = "",
        empty: Text = "",
        hint: Text = "",
    ) -> None:
        self.request, self.all, self.columns = request, rows, tuple(columns)
        self.name, self.caption, self.search, self.choices = name, caption, tuple(search), tuple(choices)
        self.per_page, self.export_name = per_page, export
        self.empty, self.hint = empty or _("Nothing here yet"), hint
        # a second table on a page has names of its own in the address
        self.prefix = "" if name == "table" else f"{name}-"

    def asked(self, key: str) -> str:
        """What the address asks of this table."""
        return self.request.GET.get(self.prefix + key, "").strip()

    @cached_property
    def query(self) -> str:
        """The words searched for; a zero byte would be refused by the database."""
        return self.asked("q").replace("\0", "")[:100] if self.search else ""

    @cached_property
    def filters(self) -> list[dict[str, Any]]:
        """The filters with the value that is chosen in each."""
        return [
            {
                "key": self.prefix + choice.key,
                "label": choice.label,
                "field": choice.field or choice.key,
                "options": choice.options,
                "chosen": next(
                    (value for value, _label in choice.options if value == self.asked(choice.key)), ""
                ),
            }
            for choice in self.choices
        ]

    @cached_property
    def sorted_by(self) -> tuple[Column | None, bool]:
        """The column that orders the rows, and whether downwards."""
        asked = self.asked("sort")
        column = next((one for one in self.columns if one.sort and one.key == asked.removeprefix("-")), None)
        return column, asked.startswith("-")

    @cached_property
    def rows(self) -> QuerySet[Any] | list[Any]:
        """All rows that the address asks for, in its order."""
        chosen = {one["field"]: one["chosen"] for one in self.filters if one["chosen"]}
        column, down = self.sorted_by
        if isinstance(self.all, QuerySet):
            found = self.all.filter(**chosen)
            for word in self.query.split():
                found = found.filter(Q.create([(f"{field}__icontains", word) for field in self.search], Q.OR))
            if column:
                fields = (column.sort,) if isinstance(column.sort, str) else column.sort
                found = found.order_by(*(f"{'-' * down}{field}" for field in fields), "pk")
            return found
        kept = [
            row for row in self.all if all(str(_read(row, field)) == value for field, value in chosen.items())
        ]
        for word in self.query.casefold().split():
            kept = [
                row for row in kept if any(word in str(_read(row, field)).casefold() for field in self.search)
            ]
        if column:
            known = [row for row in kept if column.of(row) is not None]
            kept = sorted(known, key=column.of, reverse=down) + [
                row for row in kept if column.of(row) is None
            ]
        return kept

    @cached_property
    def page(self) -> Page[Any]:
        """The page that the address asks for, or the nearest that exists."""
        return page_of(self.rows, self.per_page, self.asked("page"))

    @property
    def narrowed(self) -> bool:
        """Whether a search or a filter leaves rows out."""
        return bool(self.query) or any(one["chosen"] for one in self.filters)

    @cached_property
    def body(self) -> list[list[Cell]]:
        """The cells of the page, row by row."""
        columns = [(one.of, one.writer(), CELLS[one.kind], one.link, one.seen) for one in self.columns]
        return [
            [
                Cell(write(of(row)), kind, link(row) if link else "", seen(row) if seen else "")
                for of, write, kind, link, seen in columns
            ]
            for row in self.page.object_list
        ]

    @property
    def drawn(self) -> SafeString:
        """The rows of the page; written here, since a template takes ten times as long over so many cells."""
        marks = {one: f" {mark(one, small=True)}" for one in self.classes}
        return SafeString("".join(_drawn(row, marks) for row in self.body))

    @cached_property
    def classes(self) -> list[str]:
        """The visibility classes marked on the page, for the line that explains the marks."""
        return list(dict.fromkeys(cell.seen for row in self.body for cell in row if cell.seen))

    @property
    def headings(self) -> list[Heading]:
        """The heads, each with the address of the table sorted by it."""
        by, down = self.sorted_by
        return [
            Heading(
                column.heading,
                column.kind == "number",
                self.address(sort=f"{'-' * (column is by and not down)}{column.key}", page="")
                if column.sort
                else "",
                ("descending" if down else "ascending") if column is by else "",
            )
            for column in self.columns
        ]

    def address(self, **changes: str) -> str:
        """This page's address with other wishes for this table."""
        wishes = {self.prefix + key: value for key, value in changes.items()}
        kept = [(key, value) for key, value in self.wishes if key not in wishes]
        return f"?{urlencode([*kept, *(wish for wish in wishes.items() if wish[1])])}"

    @cached_property
    def wishes(self) -> list[tuple[str, str]]:
        """All that the address asks for, of this table and of others."""
        return [(key, value) for key, values in self.request.GET.lists() for value in values]

    @property
    def pages(self) -> list[tuple[int | str, str]]:
        """Numbers of pages around this one with their addresses; a gap has none."""
        found = self.page.paginator.get_elided_page_range(self.page.number, on_each_side=1, on_ends=1)
        return [(one, self.address(page=str(one)) if isinstance(one, int) else "") for one in found]

    @property
    def previous_url(self) -> str:
        return self.address(page=str(self.page.number - 1)) if self.page.has_previous() else ""

    @property
    def next_url(self) -> str:
        return self.address(page=str(self.page.number + 1)) if self.page.has_next() else ""

    @property
    def export_url(self) -> str:
        """The address of the whole table as a workbook, where it is offered."""
        return self.address(export="xlsx", page="") if self.export_name else ""

    @property
    def clear_url(self) -> str:
        """The address without search and filters."""
        return self.address(q="", page="", **{choice.key: "" for choice in self.choices})

    @property
    def kept(self) -> list[tuple[str, str]]:
        """What the form of search and filters must carry along."""
        mine = {
            self.prefix + key for key in ("q", "page", "export", *(choice.key for choice in self.choices))
        }
        return [(key, value) for key, value in self.wishes if key not in mine]

    @property
    def wants_export(self) -> bool:
        """Whether the address asks for the workbook."""
        return bool(self.export_name) and self.asked("export") == "xlsx"

    def values(self) -> Iterable[list[Any]]:
        """All rows as plain values, for the workbook."""
        rows = self.rows.iterator(chunk_size=2000) if isinstance(self.rows, QuerySet) else self.rows
        return ([column.of(row) for column in self.columns] for row in rows)


def _drawn(row: Sequence[Cell], marks: Mapping[str, str]) -> str:
    """A row, whose first cell is its head."""
    tag, cells = 'th scope="row"', []
    for text, kind, url, seen in row:
        inside = _escaped(text)
        if url:
            inside = f'<a href="{_escaped(url)}" hx-boost="false">{inside}</a>'
        opening = f'{tag} class="{kind}"' if kind else tag
        cells.append(f"<{opening}>{inside}{marks[seen] if seen else ''}</{tag[:2]}>")
        tag = "td"
    return f"<tr>{''.join(cells)}</tr>"


def _escaped(text: str) -> str:
    return text if isinstance(text, SafeString) else escape(text)


def _read(row: Any, path: str) -> Any:
    return row.get(path, "") if isinstance(row, dict) else attrgetter(path.replace("__", "."))(row)
