# SPDX-License-Identifier: EUPL-1.2
"""A member's page: its own figures, and nothing of anybody else's."""

import datetime
import io
import re
from dataclasses import replace

import numpy as np
import pypdf
import pytest

from sprega.engines.clearing.model import RULES, Clearing, Note
from sprega.foundation.language import Language
from sprega.rooms.buying.answer import all_steps
from sprega.rooms.buying.member_page import member_page, price_lines
from sprega.rooms.buying.practice import practice_purchase
from tests.rooms.made_up import large_purchase, made_up_clearing

DAY = datetime.date(2026, 11, 24)


@pytest.fixture(scope="module")
def clearing() -> Clearing:
    return made_up_clearing(practice_purchase())


FIGURE = re.compile(r"\d{1,3}(?:\xa0\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?")


def printed(clearing: Clearing, member: int) -> str:
    """The text of a page, its no-break spaces kept."""
    pdf = member_page(clearing, member, language=Language("en"), day=DAY)
    return pypdf.PdfReader(io.BytesIO(pdf)).pages[0].extract_text()


def page(clearing: Clearing, member: int, code: str = "en") -> str:
    pdf = member_page(clearing, member, language=Language(code), day=DAY)
    sheets = pypdf.PdfReader(io.BytesIO(pdf)).pages
    assert len(sheets) == 1
    return " ".join(sheets[0].extract_text().split())


def figures_of(clearing: Clearing, member: int) -> set[str]:
    """Every figure of a member as a page could print it; short ones prove nothing."""
    language = Language("en")
    position, purchase = clearing.purchase.players.index(member), clearing.purchase
    alone, today = float(clearing.stand_alone[position]), float(clearing.today[position])
    amounts = [alone, today, *(float(clearing.shares[rule][position]) for rule in RULES)]
    amounts += [today - alone, *(alone - float(clearing.shares[rule][position]) for rule in RULES)]
    amounts += [int(cents) / 100 for cents in clearing.price_list.amount[:, member] if cents]
    amounts += [line.cents / 100 for line in price_lines(clearing, member)]
    rows = purchase.demand_member == member
    amounts += list(purchase.demand_quantity[rows] * purchase.demand_price[rows])
    written = {
        language.number(amount, digits).replace("\xa0", " ") for amount in amounts for digits in (0, 2)
    }
    return {figure for figure in written if len(re.sub(r"\D", "", figure)) >= 5}


@pytest.mark.parametrize("member", range(22))
def test_no_other_members_name_or_figure(clearing: Clearing, member: int) -> None:
    said, figures = page(clearing, member), set(FIGURE.findall(printed(clearing, member)))
    own = figures_of(clearing, member)
    for number, other in enumerate(clearing.purchase.members):
        if number == member:
            assert other.name in said
            continue
        assert other.name not in said
        assert not re.search(rf"\b{other.code}\b", said)
        for site in clearing.purchase.sites:
            assert site.member != number or site.code not in said
        seen = figures & (figures_of(clearing, number) - own)
        assert not seen


def test_no_total_over_members(clearing: Clearing) -> None:
    steps, language = all_steps(clearing), Language("en")
    totals = [steps.today, steps.alone, steps.together, steps.choice, steps.joining, steps.total]
    totals += list(clearing.purchase.item_demand) + list(clearing.award.tier_payment.sum(axis=1))
    said = page(clearing, 5)
    for total in totals:
        figure = language.number(float(total or 0.0), 0).replace("\xa0", " ")
        if len(figure) > 5:
            assert figure not in said


def test_no_group_is_named_and_no_excess_told(clearing: Clearing) -> None:
    said = page(clearing, 5)
    assert "Some group would do better alone" in said
    assert "1 234" not in said
    calm = page(replace(clearing, rule="shapley"), 5)
    assert "No group would do better alone." in calm
    nearest = Language("en").number(0.002 * clearing.cost, 0).replace("\xa0", " ")
    assert nearest not in calm


def test_notes_of_the_clearing_stay_with_the_desk(clearing: Clearing) -> None:
    from sprega.engines.model import Sentence

    noted = replace(clearing, notes=(Sentence("Sheet {sheet}", {"sheet": "Zhar Ptitsa Smelter"}),))
    assert "Zhar Ptitsa" not in page(noted, 0)


def test_a_balance_is_told_without_the_other_side(clearing: Clearing) -> None:
    prices = clearing.price_list
    share = prices.share.copy()
    share[0] += 12345
    share[4] -= 12345
    noted = replace(clearing, price_list=replace(prices, share=share, notes=(Note(0, 4, 12345),)))
    assert "you pay a balance of 123.45 EUR" in page(noted, 0)
    assert "you receive a balance of 123.45 EUR" in page(noted, 4)


def test_loss_and_gain_are_told_alike(clearing: Clearing) -> None:
    bulgarian = page(made_up_clearing(practice_purchase("bg")), 20, "bg")
    assert re.search(r"You pay [\d ]+\.\d\d EUR \(\d\.\d %\) more than today\.", page(clearing, 20))
    assert re.search(r"Плащате [\d ]+,\d\d EUR \(\d,\d %\) повече от днес\.", bulgarian)
    assert "You save" in page(clearing, 0)


def test_price_list_adds_up_to_the_invoices(clearing: Clearing) -> None:
    for member in clearing.purchase.players:
        lines = price_lines(clearing, member)
        for supplier in range(len(clearing.purchase.suppliers)):
            cents = sum(line.cents for line in lines if line.supplier == supplier)
            assert cents == clearing.price_list.amount[supplier, member]


def test_prices_of_today_that_are_missing(clearing: Clearing) -> None:
    purchase = replace(clearing.purchase, demand_price=np.full(len(clearing.purchase.demand_price), np.nan))
    said = page(replace(clearing, purchase=purchase, today=np.full(22, np.nan)), 3)
    assert "against buying alone" in said
    assert "nan" not in said


def test_hostile_names_and_many_items() -> None:
    purchase = large_purchase(100, 40, 12)
    items = tuple(replace(item, name=f"#panic() $x {number}") for number, item in enumerate(purchase.items))
    pdf = member_page(
        made_up_clearing(replace(purchase, items=items), mode="sampled"), 2, language=Language("bg"), day=DAY
    )
    assert "#panic() $x" in pypdf.PdfReader(io.BytesIO(pdf)).pages[0].extract_text()


def test_the_saving_rate_of_all_cannot_be_derived(clearing: Clearing) -> None:
    member = clearing.purchase.players[3]
    proportional = Language("en").number(float(clearing.shares["proportional"][3]), 2)
    assert proportional.replace("\xa0", " ") not in page(clearing, member)


def test_items_that_begin_alike_are_told_apart(clearing: Clearing) -> None:
    long = "Self-rescuer with chemically bound oxygen, 60 minutes"
    purchase = clearing.purchase
    alike = replace(purchase, items=tuple(replace(one, name=f"{long} {one.code}") for one in purchase.items))
    said = page(replace(clearing, purchase=alike), 20)
    own = {line.item for line in price_lines(clearing, 20)}
    for item, one in enumerate(purchase.items):
        assert (f"{one.code} Self-rescuer" in said) == (item in own)
