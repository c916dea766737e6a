# SPDX-License-Identifier: EUPL-1.2
"""The tables of the report: award, bids, members' shares, stability, price list; cut to fit the paper."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

import numpy as np

from sprega.engines.award.model import WHOLE_LOT, Item, Member, Supplier
from sprega.engines.award.prices import tier_payment
from sprega.engines.clearing.model import RULES, Clearing
from sprega.engines.model import Sentence
from sprega.foundation.language import Language
from sprega.rooms.buying.answer import LARGE, RULE_NAMES, stability

Table = dict[str, Any]

MOST_LOTS = 36
MOST_ITEMS = 36
MOST_BIDDERS = 7
MOST_MEMBERS = 24
MOST_SELLERS = 6
NAME_LENGTH = 60
CODE_LENGTH = 9
APART = 18
"""So much of a name the narrowest column shows."""


def short(text: str, most: int) -> str:
    """Cut a text that is too long for its place."""
    return text if len(text) <= most else text[: most - 1].rstrip() + "…"


def short_code(code: str, most: int) -> str:
    """Cut a code in its middle: codes differ at their ends."""
    return code if len(code) <= most else f"{code[:3]}…{code[4 - most :]}"


def called(one: Member | Item | Supplier) -> str:
    """The name of a member, item or supplier, or its code where it has none."""
    return one.name or one.code


def told_apart(ones: Sequence[Member | Item | Supplier]) -> list[str]:
    """Their names, led by the code where names would look alike once they are cut."""
    begins = Counter(called(one)[:APART] for one in ones)
    return [
        short(
            f"{short_code(one.code, CODE_LENGTH)} {one.name}"
            if one.name and begins[one.name[:APART]] > 1
            else called(one),
            NAME_LENGTH,
        )
        for one in ones
    ]


def opening(words: str) -> str:
    """The same words at the start of a line."""
    return words[:1].upper() + words[1:]


def whole(clearing: Clearing) -> int | None:
    """Digits that amounts of the report are told with."""
    return 0 if abs(clearing.cost) >= LARGE else clearing.price_list.digits


def award_table(clearing: Clearing, language: Language) -> Table:
    """Who delivers which lot for how much, the dearest lots first where there are too many."""
    say, purchase, award = language.say, clearing.purchase, clearing.award
    digits = whole(clearing)
    goods = np.zeros((len(purchase.suppliers), len(purchase.lots)))
    for item, lot in enumerate(purchase.item_lot):
        goods[:, lot] += award.goods[:, item]
    for row, item in enumerate(purchase.demand_item):
        goods[:, purchase.item_lot[item]] += award.unit_delivery[:, row]
    goods += award.lane_delivery.sum(axis=1)
    found = [(lot, supplier) for lot, supplier in np.argwhere(goods.T > 0)]
    shown = sorted(found, key=lambda pair: -goods[pair[1], pair[0]])[:MOST_LOTS]
    shown.sort(key=lambda pair: (pair[0], -goods[pair[1], pair[0]]))
    suppliers = told_apart(purchase.suppliers)
    rows = [
        [
            _lot_name(clearing, int(lot)),
            suppliers[supplier],
            language.number(goods[supplier, lot], digits),
        ]
        for lot, supplier in shown
    ]
    left_out = len(found) - len(shown)
    if left_out:
        rest = goods.sum() - sum(goods[supplier, lot] for lot, supplier in shown)
        rows.append(
            [say(Sentence("Others: {count}", {"count": left_out})), "", language.number(rest, digits)]
        )
    winners = int((goods.sum(axis=1) > 0).sum())
    title = say(
        Sentence(
            "The award: lots – {lots}, chosen suppliers – {suppliers}",
            {"lots": len({int(lot) for lot, _ in found}), "suppliers": winners},
        )
    )
    note = [say(Sentence("Value: goods after discounts, and delivery."))]
    extra = float(award.fixed.sum())
    if extra > 0:
        note.append(
            say(
                Sentence(
                    "The suppliers' fixed costs come on top: {amount}.",
                    {"amount": language.money(extra, purchase.currency, digits)},
                )
            )
        )
    return {
        "title": title,
        "head": [say(Sentence("Lot")), say(Sentence("Supplier")), _in(language, Sentence("Value"), clearing)],
        "rows": rows,
        "foot": [say(Sentence("All")), "", language.number(goods.sum(), digits)],
        "note": " ".join(note),
    }


def bid_matrix(clearing: Clearing, language: Language) -> Table:
    """Items against suppliers: the unit price at the quantity of all, the lowest and the awarded marked."""
    say, purchase, award = language.say, clearing.purchase, clearing.award
    needed = [item for item in range(len(purchase.items)) if purchase.item_demand[item] > 0]
    price = np.full((len(purchase.suppliers), len(purchase.items)), np.inf)
    for (supplier, item), bid in purchase.bid_of.items():
        quantity = purchase.item_demand[item]
        if quantity > 0 and quantity <= bid.capacity:
            paid = tier_payment(bid, np.array([quantity]), buy_up=purchase.buy_up, proper=False)
            price[supplier, item] = float(paid[0]) / quantity
    lowest = price.min(axis=0, initial=np.inf)
    value = award.goods.sum(axis=0)
    items = sorted(sorted(needed, key=lambda item: -value[item])[:MOST_ITEMS])
    won = award.tier_payment > 0
    wins = {
        s: (award.goods[s].sum(), int((price[s, needed] <= lowest[needed]).sum())) for s in range(len(price))
    }
    offers = {s: int(np.isfinite(price[s, items]).sum()) for s in wins}
    suppliers = sorted(sorted(wins, key=lambda s: (wins[s], offers[s]), reverse=True)[:MOST_BIDDERS])
    names = dict(zip(items, told_apart([purchase.items[item] for item in items]), strict=True))
    rows = []
    for item in items:
        digits = _price_digits(price[:, item])
        cells = [
            {
                "price": language.number(price[s, item], digits) if np.isfinite(price[s, item]) else "–",
                "low": bool(np.isfinite(price[s, item]) and price[s, item] <= lowest[item]),
                "won": bool(won[s, item]),
            }
            for s in suppliers
        ]
        others = [
            f"{short_code(purchase.suppliers[s].code, CODE_LENGTH)} {language.number(price[s, item], digits)}"
            for s in np.flatnonzero(won[:, item])
            if int(s) not in suppliers
        ]
        rows.append(
            {
                "item": names[item],
                "unit": short(purchase.items[item].unit, 8),
                "cells": cells,
                "others": others[0]
                if len(others) == 1
                else f"{others[0]} +{len(others) - 1}"
                if others
                else "",
            }
        )
    lines = [
        say(
            Sentence(
                "Unit price in {currency} at the quantity of all members, without delivery. "
                "Bold: the lowest. Shaded: awarded.",
                {"currency": purchase.currency},
            )
        )
    ]
    if purchase.award == WHOLE_LOT:
        lines.append(
            say(
                Sentence(
                    "An awarded price that is not the lowest pays off through its lot, delivery or terms."
                )
            )
        )
    hidden = {"items": len(needed) - len(items), "suppliers": len(wins) - len(suppliers)}
    if hidden["items"]:
        lines.append(say(Sentence("Items not shown here: {items}.", hidden)))
    if hidden["suppliers"]:
        lines.append(say(Sentence("Suppliers not shown here: {suppliers}.", hidden)))
    return {
        "title": _matrix_title(clearing, lowest, price, needed, language),
        "item": say(Sentence("Item")),
        "others": say(Sentence("Awarded elsewhere")) if hidden["suppliers"] else None,
        "unit": say(Sentence("Unit")),
        "suppliers": [
            [
                short_code(purchase.suppliers[s].code, CODE_LENGTH),
                short(purchase.suppliers[s].name, 26),
            ]
            for s in suppliers
        ],
        "rows": rows,
        "note": " ".join(lines),
    }


def _matrix_title(
    clearing: Clearing, lowest: np.ndarray, price: np.ndarray, needed: list[int], language: Language
) -> str:
    """What the matrix shows: whether the lowest price wins, or how many items are divided."""
    won = clearing.award.tier_payment > 0
    if clearing.purchase.award == WHOLE_LOT:
        best = sum(bool((won[:, item] & (price[:, item] <= lowest[item])).any()) for item in needed)
        values = {"items": len(needed), "best": best}
        return language.say(
            Sentence("The bids: items that go to the lowest unit price – {best} of {items}", values)
        )
    divided = int((won[:, needed].sum(axis=0) > 1).sum())
    if not divided:
        return language.say(Sentence("The bids: no item is divided among suppliers"))
    values = {"items": len(needed), "divided": divided}
    return language.say(Sentence("The bids: items divided among suppliers – {divided} of {items}", values))


def shown_players(clearing: Clearing) -> list[int]:
    """Positions of the players that the paper has room for: those who pay most, in their order."""
    share = clearing.shares[clearing.rule]
    return sorted(sorted(range(len(share)), key=lambda k: -share[k])[:MOST_MEMBERS])


def members_table(clearing: Clearing, language: Language) -> Table:
    """What each member pays today, alone, and under each rule, and what it saves."""
    say, digits = language.say, whole(clearing)
    names = told_apart(clearing.purchase.members)
    share = clearing.shares[clearing.rule]
    shown = shown_players(clearing)

    def cells(k: list[int] | np.ndarray) -> list[str]:
        alone, paid = clearing.stand_alone[k].sum(), share[k].sum()
        today = clearing.today[k].sum()
        return [
            language.number(today, digits) or "–",
            language.number(alone, digits),
            *(language.number(clearing.shares[rule][k].sum(), digits) for rule in RULES),
            language.percent((today - paid) / today) if today > 0 else "–",
            language.percent((alone - paid) / alone) if alone > 0 else "–",
        ]

    rows = []
    for k in shown:
        rows.append([names[clearing.purchase.players[k]], *cells([k])])
    hidden = [k for k in range(len(share)) if k not in set(shown)]
    if hidden:
        rows.append([say(Sentence("Others: {count}", {"count": len(hidden)})), *cells(hidden)])
    notes = [say(Sentence("Amounts in {currency}.", {"currency": clearing.purchase.currency}))]
    if digits == 0:
        notes.append(say(Sentence("They are rounded; the workbook award.xlsx holds them exactly.")))
    if "shapley" in clearing.share_intervals:
        low, high = clearing.share_intervals["shapley"]
        notes.append(
            say(
                Sentence(
                    "By contribution is estimated to within {most} for each member.",
                    {
                        "most": language.money(
                            float(((high - low) / 2).max()), clearing.purchase.currency, digits
                        )
                    },
                )
            )
        )
    return {
        "head": [
            say(Sentence("Member")),
            say(Sentence("Today")),
            say(Sentence("Alone")),
            *(say(_COLUMNS[rule]) for rule in RULES),
            say(Sentence("Saves against today")),
            say(Sentence("Saves against alone")),
        ],
        "rows": rows,
        "foot": [say(Sentence("All")), *cells(np.arange(len(share)))],
        "applied": 3 + RULES.index(clearing.rule),
        "note": " ".join(notes),
    }


_COLUMNS = {
    "equal-price": Sentence("Same price"),
    "shapley": Sentence("By contribution"),
    "nucleolus": Sentence("Smallest complaint"),
    "proportional": Sentence("In proportion"),
}
"""The rules' names, short enough for a column."""


def stability_table(clearing: Clearing, language: Language) -> Table:
    """Whether any group would do better alone, rule by rule."""
    say = language.say
    return {
        "head": [say(Sentence("Rule")), say(Sentence("Answer"))],
        "rows": [
            [opening(say(RULE_NAMES[rule])), say(stability(clearing, rule))]
            for rule in RULES
            if rule in clearing.stability
        ],
    }


def price_table(clearing: Clearing, language: Language) -> Table:
    """What each supplier invoices each member, as far as the paper has room."""
    say, purchase, prices = language.say, clearing.purchase, clearing.price_list
    unit = 10**prices.digits
    totals = prices.supplier_total
    active = [s for s in range(len(totals)) if prices.amount[s].any()]
    sellers = sorted(sorted(active, key=lambda s: -totals[s])[:MOST_SELLERS])
    others = [s for s in active if s not in set(sellers)]
    shown = shown_players(clearing)
    players = purchase.players
    hidden = [players[k] for k in range(len(players)) if k not in set(shown)]

    def cells(members: list[int]) -> list[str]:
        part = prices.amount[:, members].sum(axis=1)
        amounts = [part[s] for s in sellers] + ([part[others].sum()] if others else []) + [part.sum()]
        return [language.number(int(amount) / unit, prices.digits) if amount else "–" for amount in amounts]

    names = told_apart(purchase.members)
    rows = [[names[players[k]], *cells([players[k]])] for k in shown]
    if hidden:
        rows.append([say(Sentence("Others: {count}", {"count": len(hidden)})), *cells(hidden)])
    return {
        "title": say(Sentence("The price list: what each supplier invoices each member")),
        "head": [
            say(Sentence("Member")),
            *(short_code(purchase.suppliers[s].code, CODE_LENGTH + 3) for s in sellers),
            *([say(Sentence("Others"))] if others else []),
            say(Sentence("All")),
        ],
        "rows": rows,
        "foot": [say(Sentence("All")), *cells(list(range(len(purchase.members))))],
        "note": say(
            Sentence(
                "In {currency}. No money passes through the cluster: the supplier invoices the member. "
                "Unit prices are in award.xlsx.",
                {"currency": purchase.currency},
            )
        ),
    }


def balancing_notes(clearing: Clearing, language: Language) -> list[str]:
    """What members settle among themselves because no invoice can carry it."""
    members, digits = clearing.purchase.members, clearing.price_list.digits
    return [
        language.say(
            Sentence(
                "Balancing note: {payer} pays {payee} {amount}.",
                {
                    "payer": called(members[note.payer]),
                    "payee": called(members[note.payee]),
                    "amount": language.money(note.amount / 10**digits, clearing.purchase.currency, digits),
                },
            )
        )
        for note in clearing.price_list.notes
    ]


def _lot_name(clearing: Clearing, lot: int) -> str:
    """A lot's code, with the item's name where it has only one."""
    items = [item for item in clearing.purchase.items if item.lot == lot]
    code = short_code(clearing.purchase.lots[lot], CODE_LENGTH + 3)
    name = items[0].name if items else ""
    if len(items) > 1:
        name = f"{name} +{len(items) - 1}"
    return f"{code} {short(name, NAME_LENGTH)}" if name and name != code else code


def _price_digits(prices: np.ndarray) -> int:
    """Digits after the point that tell an item's bids apart without crowding the table."""
    largest = prices[np.isfinite(prices)].max(initial=0.0)
    return 3 if largest < 10 else 2 if largest < 10_000 else 0


def _in(language: Language, name: Sentence, clearing: Clearing) -> str:
    return f"{language.say(name)}, {clearing.purchase.currency}"
