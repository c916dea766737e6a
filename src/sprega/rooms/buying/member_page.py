# SPDX-License-Identifier: EUPL-1.2
"""A member's own page: what it pays and saves, its price list, and why; nothing of anybody else's."""

from __future__ import annotations

import datetime
from dataclasses import dataclass

import numpy as np

from sprega.engines.clearing.minor_units import largest_remainder
from sprega.engines.clearing.model import APPLICABLE, Clearing
from sprega.engines.model import Sentence
from sprega.foundation.documents import render
from sprega.foundation.language import Language, Money
from sprega.rooms.buying import answer, tables
from sprega.rooms.buying.report import TEMPLATES, frame, waterfall

COMFORTABLE_ROWS = 22
"""Price list rows up to which the page keeps its usual letters."""


@dataclass(frozen=True)
class Line:
    """One row of a member's price list; `today` is its own price per unit today, nan where not stated."""

    supplier: int
    item: int
    quantity: float
    cents: int
    today: float


def member_page(
    clearing: Clearing, member: int, *, language: Language, day: datetime.date | None = None
) -> bytes:
    """Print the page of a member, by its position in `Purchase.members`."""
    purchase, say = clearing.purchase, language.say
    position = purchase.players.index(member)
    steps = answer.member_steps(clearing, position)
    name = tables.called(purchase.members[member])
    data = frame(
        clearing,
        language,
        title=say(Sentence("{member}: your share of the joint purchase", {"member": name})),
        mark=say(Sentence("Only you and the buying desk")),
        day=day,
    )
    data["about"] = f"{tables.short(name, 44)} · {data['about']}"
    lines = price_lines(clearing, member)
    data |= {
        "headline": say(answer.member_headline(steps)),
        "parts": [
            say(_payment(clearing, member)),
            say(answer.choice_part(steps)),
            say(answer.joining_part(steps)),
            say(answer.anybody_better_alone(clearing)),
        ],
        "limits": [say(line) for line in answer.limits(clearing)],
        "waterfall": waterfall(steps, language),
        "reason": {
            "title": say(Sentence("Why this is your share")),
            "lines": [say(line) for line in _reasons(clearing, lines, steps)],
        },
        "prices": _prices(clearing, member, lines, language),
        "rules": _rules(clearing, position, language),
    }
    return render(TEMPLATES / "member_page.typ", data)


def _payment(clearing: Clearing, member: int) -> Sentence:
    prices = clearing.price_list
    paid = Money(int(prices.share[member]) / 10**prices.digits, clearing.purchase.currency, prices.digits)
    return Sentence("You pay {share}, delivered.", {"share": paid})


def price_lines(clearing: Clearing, member: int) -> list[Line]:
    """The member's price list by supplier and item; a supplier's rows add up to its invoice to the cent."""
    purchase, prices = clearing.purchase, clearing.price_list
    own = purchase.demand_member == member
    lines: list[Line] = []
    for supplier in range(len(purchase.suppliers)):
        quantity = np.zeros(len(purchase.items))
        np.add.at(quantity, purchase.demand_item[own], clearing.award.delivered[supplier, own])
        items = [
            int(i) for i in np.flatnonzero(np.isfinite(prices.unit_price[supplier, member]) & (quantity > 0))
        ]
        if not items:
            continue
        amounts = prices.unit_price[supplier, member, items] * quantity[items]
        cents = largest_remainder(amounts, int(prices.amount[supplier, member]), prices.digits)
        lines += [
            Line(supplier, item, float(quantity[item]), int(cent), _price_today(clearing, own, item))
            for item, cent in zip(items, cents, strict=True)
        ]
    return lines


def _price_today(clearing: Clearing, own: np.ndarray, item: int) -> float:
    purchase = clearing.purchase
    rows = own & (purchase.demand_item == item) & (purchase.demand_quantity > 0)
    return float(np.average(purchase.demand_price[rows], weights=purchase.demand_quantity[rows]))


def _prices(clearing: Clearing, member: int, lines: list[Line], language: Language) -> tables.Table:
    say, purchase, prices = language.say, clearing.purchase, clearing.price_list
    unit, digits, currency = 10**prices.digits, prices.digits, purchase.currency
    invoiced = int(prices.amount[:, member].sum())
    # told apart among its own lines only: that others have a similar item is not for this page to tell
    sellers = sorted({line.supplier for line in lines})
    items = sorted({line.item for line in lines})
    seller_names = dict(
        zip(sellers, tables.told_apart([purchase.suppliers[s] for s in sellers]), strict=True)
    )
    item_names = dict(zip(items, tables.told_apart([purchase.items[i] for i in items]), strict=True))
    rows = [
        [
            seller_names[line.supplier],
            item_names[line.item],
            language.number(line.quantity),
            tables.short(purchase.items[line.item].unit, 10),
            language.number(line.today, _digits(line.today)) or "–",
            language.number(line.cents / unit / line.quantity, _digits(line.cents / unit / line.quantity)),
            language.number(line.cents / unit, digits),
        ]
        for line in lines
    ]
    note = [say(Sentence("Unit prices hold delivery and your part of fixed costs; prices without VAT."))]
    balance = int(prices.share[member]) - invoiced
    if balance:
        values = {"amount": Money(abs(balance) / unit, currency, digits)}
        sentence = (
            Sentence(
                "Beside the invoices you pay a balance of {amount}; the buying desk tells you to whom.",
                values,
            )
            if balance > 0
            else Sentence(
                "Beside the invoices you receive a balance of {amount}; the buying desk tells you from whom.",
                values,
            )
        )
        note.append(say(sentence))
    return {
        "title": say(Sentence("Your price list: who invoices you for what")),
        "head": [
            say(Sentence("Supplier")),
            say(Sentence("Item")),
            say(Sentence("Quantity")),
            say(Sentence("Unit")),
            say(Sentence("Unit price today")),
            say(Sentence("Unit price")),
            say(Sentence("Amount, {currency}", {"currency": currency})),
        ],
        "rows": rows,
        "foot": [say(Sentence("All")), "", "", "", "", "", language.number(invoiced / unit, digits)],
        "note": " ".join(note),
        "close": len(rows) > COMFORTABLE_ROWS,
    }


def _reasons(clearing: Clearing, lines: list[Line], steps: answer.Steps) -> list[Sentence]:
    """Why the share is what it is, from the member's own figures."""
    found = [answer.why_this_rule(clearing), answer.RULE_MEANINGS[clearing.rule]]
    unit, purchase = 10**clearing.price_list.digits, clearing.purchase
    saved = {
        line: line.today * line.quantity - line.cents / unit for line in lines if not np.isnan(line.today)
    }

    def told(line: Line) -> dict[str, object]:
        return {"item": tables.called(purchase.items[line.item]), "amount": steps.money(saved[line])}

    if saved:
        best, worst = max(saved, key=lambda line: saved[line]), min(saved, key=lambda line: saved[line])
        if saved[best] > 0:
            found.append(Sentence("You save most on: {item} ({amount} less than today).", told(best)))
        if saved[worst] < 0:
            found.append(Sentence("You pay more than today for: {item} ({amount} more).", told(worst)))
    if 0 <= steps.joining < 0.01 * steps.alone:
        found.append(
            Sentence(
                "Buying together brings you little because your own quantities already reach "
                "good prices, or because other suppliers suit you nearly as well."
            )
        )
    if steps.joining < 0:
        found.append(
            Sentence(
                "Buying together costs you more than buying alone: what suits all best is not what "
                "suits you best."
            )
        )
    return found


def _rules(clearing: Clearing, position: int, language: Language) -> tables.Table:
    """The member's share under each rule (the proportional one would tell the saving rate of all)."""
    say, currency, digits = language.say, clearing.purchase.currency, clearing.price_list.digits
    alone, today = float(clearing.stand_alone[position]), float(clearing.today[position])
    rows = []
    for rule in APPLICABLE:
        share = float(clearing.shares[rule][position])
        text = language.number(share, digits)
        if rule in clearing.share_intervals:
            low, high = (float(side[position]) for side in clearing.share_intervals[rule])
            text = f"{text} ({language.number(low, digits)} – {language.number(high, digits)})"
        name = tables.opening(say(answer.RULE_NAMES[rule]))
        rows.append(
            [
                say(Sentence("{rule} (applied)", {"rule": name})) if rule == clearing.rule else name,
                text,
                language.number(alone - share, digits),
                language.number(today - share, digits) or "–",
            ]
        )
    return {
        "title": say(Sentence("What you would pay under the other rules")),
        "head": [
            say(Sentence("Rule")),
            say(Sentence("Share, {currency}", {"currency": currency})),
            say(Sentence("Saves against alone")),
            say(Sentence("Saves against today")),
        ],
        "rows": rows,
    }


def _digits(price: float) -> int:
    """Digits of a unit price: more for small ones."""
    return 4 if abs(price) < 10 else 2
