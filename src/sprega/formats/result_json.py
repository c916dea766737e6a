# SPDX-License-Identifier: EUPL-1.2
"""`result.json`: everything that a recheck of a cleared purchase needs, in a documented, versioned form.

The schema is `result.schema.json` beside this file; `docs/reference/result.md` tells it in words.
"""

from __future__ import annotations

import json
import math
import re
import string
from collections.abc import Iterable
from pathlib import Path
from typing import Any, cast

import numpy as np

from sprega.engines.award.model import Floats, Purchase
from sprega.engines.clearing.model import (
    APPLICABLE,
    RULES,
    Cents,
    Clearing,
    Mode,
    Note,
    PriceList,
    RuleStability,
)
from sprega.engines.model import Sentence
from sprega.formats.json_place import Place, UnreadableError, finite
from sprega.formats.purchase_workbook import Fault
from sprega.formats.result_purchase import dump_award, dump_purchase, load_award, load_purchase
from sprega.formats.result_summary import infeasible_summary, summary

__all__ = [
    "SCHEMA",
    "UnreadableError",
    "dump_result",
    "infeasible_summary",
    "load_result",
    "read_result",
    "summary",
]

SCHEMA = "sprega.result/1"
LARGEST_FILE = 1_000_000_000
PLAIN_SPEC = re.compile(r",?(\.[0-9])?[fg%]?")
MOST_KEPT = 26
"""2 to this power coalition costs are the most that a document may claim to hold."""

Json = dict[str, Any]


def dump_result(clearing: Clearing, *, software: str, warnings: Iterable[Fault] = ()) -> Json:
    """A cleared purchase as a JSON document.

    Parameters
    ----------
    clearing : Clearing
    software : str
        Name and version of the program, such as "sprega 0.1.0".
    warnings : iterable of Fault
        What the reader of the workbook warned of. They are kept for whoever opens the file; a clearing that
        is loaded back does not know them.

    Returns
    -------
    dict
        Ready for `json.dumps`; no nan or infinity in it. `load_result` gives the clearing back.
    """
    purchase = clearing.purchase
    costs = clearing.coalition_cost
    return {
        "schema": SCHEMA,
        "software": software,
        "purchase": dump_purchase(purchase),
        "award": dump_award(purchase, clearing.award),
        "rule": clearing.rule,
        "joining_pays": bool(clearing.joining_pays),
        "mode": clearing.mode,
        "proven": bool(clearing.proven),
        "seed": int(clearing.seed),
        "seconds": float(clearing.seconds),
        "stand_alone": _by_player(purchase, clearing.stand_alone),
        "today": _by_player(purchase, clearing.today),
        "shares": {rule: _by_player(purchase, share) for rule, share in clearing.shares.items()},
        "share_intervals": {
            rule: {
                purchase.members[m].code: [finite(low[at]), finite(high[at])]
                for at, m in enumerate(purchase.players)
            }
            for rule, (low, high) in clearing.share_intervals.items()
        },
        "nucleolus_is_nearest": bool(clearing.nucleolus_is_nearest),
        "least_core": None if clearing.least_core is None else [finite(x) for x in clearing.least_core],
        "stability": {
            rule: {
                "objecting": None if found.objecting is None else int(found.objecting),
                "worst_excess": _excess(found),
                "worst_coalition": [purchase.members[m].code for m in found.worst_coalition],
            }
            for rule, found in clearing.stability.items()
        },
        "coalition_cost": None if costs is None else [finite(cost) for cost in costs],
        "price_list": _dump_price_list(purchase, clearing.price_list),
        "notes": [_dump_sentence(note) for note in clearing.notes],
        "warnings": [_dump_warning(warning) for warning in warnings],
    }


def _by_player(purchase: Purchase, values: Floats) -> dict[str, float | None]:
    return {purchase.members[m].code: finite(values[at]) for at, m in enumerate(purchase.players)}


def _excess(found: RuleStability) -> float | list[float | None] | None:
    if isinstance(found.worst_excess, tuple):
        return [finite(x) for x in found.worst_excess]
    return None if found.worst_excess is None else finite(found.worst_excess)


def _dump_price_list(purchase: Purchase, prices: PriceList) -> Json:
    suppliers, members = purchase.suppliers, purchase.members
    return {
        "digits": int(prices.digits),
        "invoices": [
            {
                "supplier": suppliers[k].code,
                "member": members[m].code,
                "amount": int(prices.amount[k, m]),
                "equal_price": float(prices.equal_price[k, m]),
            }
            for k, m in np.argwhere((prices.amount != 0) | (prices.equal_price != 0))
        ],
        "unit_prices": [
            {
                "supplier": suppliers[k].code,
                "member": members[m].code,
                "item": purchase.items[i].code,
                "unit_price": float(prices.unit_price[k, m, i]),
            }
            for k, m, i in np.argwhere(np.isfinite(prices.unit_price))
        ],
        "shares": {members[m].code: int(prices.share[m]) for m in np.flatnonzero(prices.share)},
        "supplier_totals": {
            suppliers[k].code: int(prices.supplier_total[k]) for k in np.flatnonzero(prices.supplier_total)
        },
        "balancing_notes": [
            {"payer": members[n.payer].code, "payee": members[n.payee].code, "amount": int(n.amount)}
            for n in prices.notes
        ],
    }


def _dump_warning(warning: Fault) -> Json:
    return {
        "sheet": warning.sheet,
        "row": warning.row,
        "column": warning.column,
        "problem": _dump_sentence(warning.problem),
        "mend": _dump_sentence(warning.mend),
    }


def _dump_sentence(sentence: Sentence) -> Json:
    plain: dict[str, object] = {}
    for name, value in sentence.values.items():
        if isinstance(value, float):
            plain[name] = finite(value)
        else:
            plain[name] = value if isinstance(value, str | int) else str(value)
    return {"text": sentence.text, "values": plain}


def read_result(path: str | Path) -> Clearing:
    """Read a file `result.json`.

    Raises
    ------
    UnreadableError
        When there is no such file, or it is not a result of this form.
    """
    try:
        if Path(path).stat().st_size > LARGEST_FILE:
            raise UnreadableError(Sentence("The file {path} is too large.", {"path": str(path)}))
        document = json.loads(Path(path).read_bytes(), parse_constant=_no_constant)
    except OSError as error:
        raise UnreadableError(
            Sentence(
                "The file {path} cannot be opened: {reason}.", {"path": str(path), "reason": error.strerror}
            )
        ) from error
    except (ValueError, RecursionError) as error:
        if isinstance(error, UnreadableError):
            raise
        raise UnreadableError(Sentence("The file {path} is no JSON.", {"path": str(path)})) from error
    return load_result(document)


def _no_constant(name: str) -> float:
    raise ValueError(name)


def load_result(document: object) -> Clearing:
    """A clearing from the document that `dump_result` made.

    Parameters
    ----------
    document : object
        What `json.loads` gave; from anybody.

    Returns
    -------
    Clearing

    Raises
    ------
    UnreadableError
        When the document is of another schema, or anything in it is missing or of another kind.

    Examples
    --------
    >>> load_result({"schema": "another/1"})
    Traceback (most recent call last):
    ...
    sprega.formats.json_place.UnreadableError: In the result, result.schema should be sprega.result/1.
    """
    place = Place(document)
    place["schema"].one_of((SCHEMA,))
    purchase = load_purchase(place["purchase"])
    if not purchase.players:
        raise place["purchase"]["demand"].refuse(
            Sentence("In the result, {place} should be a list with a quantity above zero.")
        )
    intervals = {}
    for rule, ends in place["share_intervals"].members():
        pairs = [ends[purchase.members[m].code].pair() for m in purchase.players]
        low, high = np.array(pairs, dtype=np.float64).T
        intervals[rule] = (low, high)
    return Clearing(
        purchase=purchase,
        award=load_award(place["award"], purchase),
        stand_alone=_load_players(place["stand_alone"], purchase),
        shares={rule: _load_players(place["shares"][rule], purchase) for rule in RULES},
        stability={rule: _load_stability(place["stability"][rule], purchase) for rule in RULES},
        rule=place["rule"].one_of(APPLICABLE),
        joining_pays=place["joining_pays"].flag(),
        price_list=_load_price_list(place["price_list"], purchase),
        mode=cast(Mode, place["mode"].one_of(("exact", "sampled"))),
        today=_load_players(place["today"], purchase, absent=math.nan),
        seconds=place["seconds"].number(),
        share_intervals=intervals,
        least_core=None if place["least_core"].empty else place["least_core"].pair(),
        nucleolus_is_nearest=place["nucleolus_is_nearest"].flag(),
        coalition_cost=_load_costs(place["coalition_cost"], len(purchase.players)),
        proven=place["proven"].flag(),
        seed=place["seed"].whole(),
        notes=tuple(_load_sentence(note) for note in place["notes"].entries()),
    )


def _load_players(place: Place, purchase: Purchase, absent: float | None = None) -> Floats:
    values = [place[purchase.members[m].code].number(absent) for m in purchase.players]
    return np.array(values, dtype=np.float64)


def _load_stability(place: Place, purchase: Purchase) -> RuleStability:
    members = {m.code: number for number, m in enumerate(purchase.members)}
    excess = place["worst_excess"]
    worst: float | tuple[float, float] | None = None
    if isinstance(excess.value, list):
        worst = excess.pair()
    elif not excess.empty:
        worst = excess.number()
    return RuleStability(
        None if place["objecting"].empty else place["objecting"].whole(),
        worst,
        tuple(member.number_of(members) for member in place["worst_coalition"].entries()),
    )


def _load_costs(place: Place, players: int) -> Floats | None:
    if place.empty:
        return None
    costs = np.array([cost.number(math.inf) for cost in place.entries()], dtype=np.float64)
    if players > MOST_KEPT or len(costs) != 1 << players:
        raise place.refuse(
            Sentence("In the result, {place} should be a list with a cost for every group of members.")
        )
    return costs


def _load_price_list(place: Place, purchase: Purchase) -> PriceList:
    suppliers = {s.code: number for number, s in enumerate(purchase.suppliers)}
    members = {m.code: number for number, m in enumerate(purchase.members)}
    items = {i.code: number for number, i in enumerate(purchase.items)}
    amount = np.zeros((len(suppliers), len(members)), dtype=np.int64)
    equal = np.zeros((len(suppliers), len(members)))
    for entry in place["invoices"].entries():
        at = entry["supplier"].number_of(suppliers), entry["member"].number_of(members)
        amount[at], equal[at] = entry["amount"].whole(), entry["equal_price"].number()
    unit = np.full((len(suppliers), len(members), len(items)), np.nan)
    for entry in place["unit_prices"].entries():
        unit[
            entry["supplier"].number_of(suppliers),
            entry["member"].number_of(members),
            entry["item"].number_of(items),
        ] = entry["unit_price"].number()
    digits = place["digits"].whole()
    if not 0 <= digits <= 6:
        raise place["digits"].refuse(Sentence("In the result, {place} should be a number of decimal places."))
    return PriceList(
        amount=amount,
        equal_price=equal,
        unit_price=unit,
        share=_load_amounts(place["shares"], members),
        supplier_total=_load_amounts(place["supplier_totals"], suppliers),
        notes=tuple(
            Note(
                entry["payer"].number_of(members),
                entry["payee"].number_of(members),
                entry["amount"].whole(),
            )
            for entry in place["balancing_notes"].entries()
        ),
        digits=digits,
    )


def _load_amounts(place: Place, known: dict[str, int]) -> Cents:
    amounts = np.zeros(len(known), dtype=np.int64)
    for code, amount in place.members():
        amounts[Place(code, amount.path).number_of(known)] = amount.whole()
    return amounts


def _load_sentence(place: Place) -> Sentence:
    values = {name: value.value for name, value in place["values"].members()}
    text = place["text"].text()
    try:
        # Only plain places and decimals: a format of a stranger could ask for any width.
        sound = all(
            name is None or (name in values and PLAIN_SPEC.fullmatch(spec or "") and not conversion)
            for _, name, spec, conversion in string.Formatter().parse(text)
        )
        if sound:
            str(Sentence(text, values))
    except (TypeError, ValueError):
        sound = False
    if not sound:
        raise place.refuse(Sentence("In the result, {place} should be a sentence with its values."))
    return Sentence(text, values)
