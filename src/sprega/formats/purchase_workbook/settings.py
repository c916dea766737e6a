# SPDX-License-Identifier: EUPL-1.2
"""The sheet `Purchase`: a key a row, an empty value meaning its default or no such rule."""

from __future__ import annotations

import difflib
from dataclasses import dataclass, field, replace

from sprega.engines.award.model import SPLIT, WHOLE_LOT, AwardKind
from sprega.engines.model import Sentence
from sprega.formats.purchase_workbook.codes import tidy
from sprega.formats.purchase_workbook.model import AWARD_NAMES, RULE_NAMES, Cell, Findings, Row, Table
from sprega.formats.purchase_workbook.rows import RowReader

KEYS = (
    "name",
    "currency",
    "award",
    "buy_up",
    "rule",
    "max_suppliers",
    "min_sources",
    "min_source_share",
    "max_supplier_share",
    "co2_price",
    "reserve",
)
ONLY_SPLIT = ("min_sources", "min_source_share")
YES = ("yes", "true", "да")
NO = ("no", "false", "не")


@dataclass(frozen=True)
class Settings:
    """The sheet `Purchase`, with the defaults of an empty one."""

    name: str
    currency: str = "EUR"
    award: AwardKind = WHOLE_LOT
    buy_up: bool = True
    rule: str = "auto"
    max_suppliers: int | None = None
    min_sources: int | None = None
    min_source_share: float = 0.1
    max_supplier_share: float | None = None
    co2_price: float = 0.0
    reserve: float | None = None


@dataclass
class _Keys:
    """The rows by key; a row's reader knows only the column `value`."""

    rows: dict[str, RowReader] = field(default_factory=dict)

    def __contains__(self, key: str) -> bool:
        return key in self.rows and not self.rows[key].empty("value")


def read_settings(table: Table, name: str, findings: Findings) -> Settings:
    """Read the sheet; `name` is what the purchase is called when the sheet does not say."""
    keys = _by_key(table, findings)
    settings = Settings(keys.rows["name"].text("value", name) if "name" in keys else name)
    if "currency" in keys:
        settings = replace(settings, currency=_currency(keys.rows["currency"]) or "EUR")
    if "award" in keys:
        chosen = keys.rows["award"].choice("value", AWARD_NAMES, WHOLE_LOT)
        settings = replace(settings, award=SPLIT if chosen == SPLIT else WHOLE_LOT)
    if settings.award == WHOLE_LOT and not ("award" in keys and _is_faulty(keys.rows["award"])):
        _without_sources(keys)
    if "rule" in keys:
        settings = replace(settings, rule=keys.rows["rule"].choice("value", RULE_NAMES, "auto") or "auto")
    if "buy_up" in keys:
        settings = replace(settings, buy_up=_yes_or_no(keys.rows["buy_up"]))
    settings = replace(
        settings,
        max_suppliers=_whole(keys, "max_suppliers"),
        min_sources=_whole(keys, "min_sources"),
        max_supplier_share=_share(keys, "max_supplier_share"),
        min_source_share=_share(keys, "min_source_share") or 0.1,
        co2_price=_number(keys, "co2_price") or 0.0,
        reserve=_number(keys, "reserve"),
    )
    _check_sources(keys, settings)
    return settings


def _by_key(table: Table, findings: Findings) -> _Keys:
    keys = _Keys()
    for row in table.rows:
        reader = RowReader(table, row, findings)
        if reader.empty("key"):
            if "key" in table.columns:
                reader.fault(
                    "key",
                    Sentence("A value stands here without a key."),
                    Sentence("Write one of: {choices}.", {"choices": ", ".join(KEYS)}),
                )
            continue
        key = reader.text("key")
        if key not in KEYS:
            _unknown(reader, key)
        elif key in keys.rows:
            reader.fault(
                "key",
                Sentence(
                    "The key {key} stands in row {first} and again in row {row}.",
                    {"key": key, "first": keys.rows[key].row.number, "row": row.number},
                ),
                Sentence("Keep one of the two rows."),
            )
        else:
            keys.rows[key] = RowReader(table, Row(row.number, _value_only(row)), findings)
    return keys


def _value_only(row: Row) -> dict[str, Cell]:
    return {column: cell for column, cell in row.cells.items() if column == "value"}


def _unknown(reader: RowReader, key: str) -> None:
    near = difflib.get_close_matches(key.casefold().replace(" ", "_"), KEYS, n=1, cutoff=0.75)
    reader.warn(
        "key",
        Sentence('The key "{key}" is not known and is ignored.', {"key": key[:60]}),
        Sentence("Write {near} if that is meant.", {"near": near[0]})
        if near
        else Sentence("The keys are: {choices}.", {"choices": ", ".join(KEYS)}),
    )


def currencies_in_use() -> frozenset[str]:
    """Codes of money that is legal tender somewhere today, and BGN.

    Examples
    --------
    >>> [code in currencies_in_use() for code in ("EUR", "BGN", "BGL", "XTS")]
    [True, True, False, False]
    """
    from babel.core import get_global
    from babel.numbers import get_territory_currencies

    tender = {
        code for place in get_global("territory_currencies") for code in get_territory_currencies(place)
    }
    # EUR replaced it on 2026-01-01, but purchases from before are still cleared and compared
    return frozenset({*tender, "BGN"})


def _currency(reader: RowReader) -> str | None:
    code = reader.text("value")
    known = currencies_in_use()
    if code in known:
        return code
    if reader.readable("value"):
        reader.fault(
            "value",
            Sentence('"{value}" is no code of a currency in use (ISO 4217).', {"value": code[:60]}),
            Sentence("Write {code}.", {"code": code.upper()})
            if code.upper() in known
            else Sentence("Write the three letters, such as EUR."),
        )
    return None


def _yes_or_no(reader: RowReader) -> bool:
    cell = reader.cell("value")
    if cell is None:
        return True
    word = tidy(str(cell.value)).casefold()
    if word in YES or word in NO:
        return word in YES
    reader.fault(
        "value",
        Sentence('"{value}" is neither yes nor no.', {"value": cell.shown}),
        Sentence("Write yes or no (in Bulgarian: да or не)."),
    )
    return True


def _number(keys: _Keys, key: str) -> float | None:
    return keys.rows[key].number("value") if key in keys else None


def _whole(keys: _Keys, key: str) -> int | None:
    if key not in keys:
        return None
    reader = keys.rows[key]
    number = reader.number("value")
    if number is None:
        return None
    if number < 1 or not number.is_integer():
        reader.fault(
            "value",
            Sentence("{value} is no number of suppliers.", {"value": f"{number:g}"}),
            Sentence("Write a whole number from 1, or leave it empty for no such rule."),
        )
        return None
    return int(number)


def _share(keys: _Keys, key: str) -> float | None:
    if key not in keys:
        return None
    reader = keys.rows[key]
    share = reader.percent("value")
    if share == 0:
        reader.fault(
            "value",
            Sentence("A share of 0 percent leaves nothing."),
            Sentence("Write a percentage above 0, or leave it empty for no such rule."),
        )
        return None
    return share


def _without_sources(keys: _Keys) -> None:
    """Leave out, with a warning, what an award of whole lots does not know."""
    for key in ONLY_SPLIT:
        if key in keys:
            keys.rows.pop(key).warn(
                "value",
                Sentence(
                    "{key} has a meaning only where an item may be divided, and is ignored.", {"key": key}
                ),
                Sentence("Write split as the value of award, or leave {key} empty.", {"key": key}),
            )


def _check_sources(keys: _Keys, settings: Settings) -> None:
    sources = settings.min_sources
    if sources is not None and sources * settings.min_source_share > 1 + 1e-9:
        keys.rows["min_sources"].fault(
            "value",
            Sentence(
                "{count} sources of at least {percent} percent each are more than the whole.",
                {"count": sources, "percent": f"{settings.min_source_share * 100:g}"},
            ),
            Sentence("Ask for at most {count} sources, or for a smaller min_source_share.", _most(settings)),
        )


def _most(settings: Settings) -> dict[str, object]:
    return {"count": int(1 / settings.min_source_share + 1e-9)}


def _is_faulty(reader: RowReader) -> bool:
    return not reader.readable("value") or reader.text("value") not in AWARD_NAMES
