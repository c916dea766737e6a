# SPDX-License-Identifier: EUPL-1.2
"""The report: the answer first, two to four pages, hostile names, and what was not proved."""

import datetime
import io
from dataclasses import replace

import numpy as np
import pypdf
import pytest

from sprega.engines.clearing.model import RULES, Clearing, Note, RuleStability
from sprega.engines.model import Sentence
from sprega.foundation.language import Language
from sprega.rooms.buying.answer import all_steps
from sprega.rooms.buying.practice import practice_purchase
from sprega.rooms.buying.report import report_pdf
from tests.rooms.made_up import large_purchase, made_up_clearing

DAY = datetime.date(2026, 11, 24)
ENGLISH = Language("en")


@pytest.fixture(scope="module")
def clearing() -> Clearing:
    return made_up_clearing(practice_purchase())


def pages(pdf: bytes) -> list[str]:
    return [" ".join(page.extract_text().split()) for page in pypdf.PdfReader(io.BytesIO(pdf)).pages]


@pytest.mark.parametrize("code", ["en", "bg"])
def test_practice_report(clearing: Clearing, code: str) -> None:
    said = pages(report_pdf(clearing, language=Language(code), day=DAY))
    assert 2 <= len(said) <= 4
    language, saving = Language(code), all_steps(clearing).total
    answer = {"en": "Together you save {} (", "bg": "Заедно спестявате {} ("}[code]
    assert answer.format(language.money(saving, "EUR", 0).replace("\xa0", " ")) in said[0]
    assert {"en": "Buying desk only", "bg": "Само звеното за съвместни покупки"}[code] in said[0]
    assert {"en": "No award can be cheaper", "bg": "Няма по-евтин избор"}[code] in said[0]
    assert {"en": "24 November 2026", "bg": "24 ноември 2026 г."}[code] in said[0]
    everything = " ".join(said)
    for member in clearing.purchase.members:
        assert member.name.split()[0] in everything


def test_parts_add_up_as_printed(clearing: Clearing) -> None:
    steps = all_steps(clearing)
    assert steps.choice is not None
    assert steps.choice + steps.joining == steps.total
    assert steps.total == round(float(clearing.today.sum())) - round(clearing.cost)


@pytest.mark.parametrize(("items", "suppliers", "members"), [(30, 27, 20), (100, 100, 100), (1, 1, 1)])
def test_any_size_fits(items: int, suppliers: int, members: int) -> None:
    purchase = large_purchase(items, suppliers, members)
    notes = tuple(Sentence("No group would do better alone.") for _ in range(40))
    said = pages(report_pdf(made_up_clearing(purchase, notes=notes), language=Language("bg"), day=DAY))
    assert 1 <= len(said) <= 4
    if suppliers > 7:
        assert f"Доставчици, които не са показани тук: {suppliers - 7}." in " ".join(said)


def test_texts_are_never_markup() -> None:
    purchase = practice_purchase()
    hostile = ['#read("/etc/passwd")', "$x$", "*b* <a>", "名前 😀", "]#panic()["]
    members = tuple(
        replace(member, name=name) for member, name in zip(purchase.members, hostile * 5, strict=False)
    )
    suppliers = tuple(replace(supplier, name='#eval("1+1")') for supplier in purchase.suppliers)
    clearing = made_up_clearing(
        replace(purchase, name="#pagebreak() $", members=members, suppliers=suppliers)
    )
    said = " ".join(pages(report_pdf(clearing, language=ENGLISH, day=DAY)))
    assert '#read("/etc/passwd")' in said
    assert "*b* <a>" in said
    assert '#eval("1+1")' in said
    assert "#pagebreak() $" in said


def test_names_that_begin_alike_are_told_apart(clearing: Clearing) -> None:
    """Cut to their columns they would be the same words in every row."""
    long = "Municipal enterprise for public works and the care of green spaces"
    purchase = clearing.purchase
    alike = replace(
        purchase,
        members=tuple(replace(member, name=f"{long} {member.code}") for member in purchase.members[:2])
        + purchase.members[2:],
        suppliers=tuple(replace(one, name=f"{long} {one.code}") for one in purchase.suppliers),
    )
    said = " ".join(pages(report_pdf(replace(clearing, purchase=alike), language=ENGLISH, day=DAY)))
    for code in ("M01", "M02"):
        assert said.count(f"{code} Municipal") >= 2, "in the table of shares and in the price list"
    assert "M03" not in said, "a name that stands out needs no code"
    assert "S2 Municipal" in said


def test_joining_that_does_not_pay_is_said_first(clearing: Clearing) -> None:
    poor = replace(clearing, joining_pays=False, stand_alone=clearing.stand_alone * 0.9)
    said = pages(report_pdf(poor, language=ENGLISH, day=DAY))[0]
    assert "Buying together does not pay: you would pay" in said


def test_prices_of_today_that_are_missing(clearing: Clearing) -> None:
    none = replace(clearing, today=np.full(22, np.nan))
    said = pages(report_pdf(none, language=ENGLISH, day=DAY))[0]
    assert "against buying alone" in said
    some = clearing.today.copy()
    some[3] = np.nan
    said = pages(report_pdf(replace(clearing, today=some), language=ENGLISH, day=DAY))[0]
    assert "Today's prices are complete for 21 of 22 members" in said.replace("’", "'")


def test_a_time_limit_and_sampling_are_said(clearing: Clearing) -> None:
    sampled = made_up_clearing(
        clearing.purchase,
        mode="sampled",
        proven=False,
        stability={rule: RuleStability(None, (-5.0, 1234.5), ()) for rule in RULES},
    )
    said = " ".join(pages(report_pdf(sampled, language=ENGLISH, day=DAY)))
    assert "The time limit ended the search: the award is proved" in said
    assert "may be a cheaper award" not in said, "it would gainsay the proof beside it"
    assert "with intervals that hold in 95 of 100 cases" in said
    assert "the largest complaint of any group is made as small as can be" in said
    assert "By contribution is estimated to within" in said
    assert "No group was found that would do better alone" in said


def test_a_time_limit_before_the_proof_is_said(clearing: Clearing) -> None:
    award = replace(clearing.award, bound=clearing.award.objective - 811.3, certified_bound=-np.inf)
    unproven = replace(clearing, award=award, proven=False)
    said = pages(report_pdf(unproven, language=ENGLISH, day=DAY))[0]
    assert "there may be a cheaper award or other shares" in said


def test_no_saving_is_no_saving_in_the_chart(clearing: Clearing) -> None:
    poor = replace(
        clearing, joining_pays=False, stand_alone=clearing.stand_alone * 0.9, today=np.full(22, np.nan)
    )
    said = pages(report_pdf(poor, language=ENGLISH, day=DAY))[0]
    assert "Buying together does not save" in said
    assert "Where the saving comes from" not in said


@pytest.mark.parametrize(
    ("code", "words"), [("en", "need not keep the rules of this"), ("bg", "не е длъжна да спазва правилата")]
)
def test_an_objection_may_be_the_price_of_rules(clearing: Clearing, code: str, words: str) -> None:
    assert clearing.stability["equal-price"].objecting
    ruled = replace(clearing, purchase=replace(clearing.purchase, max_suppliers=3))
    for one, told in ((ruled, True), (clearing, False)):
        said = pages(report_pdf(one, language=Language(code), day=DAY))
        assert (words in " ".join(said)) == told
        assert len(said) <= 4


def test_proof_names_what_is_left(clearing: Clearing) -> None:
    open_award = replace(clearing.award, bound=clearing.award.objective - 811.3, certified_bound=-np.inf)
    said = pages(report_pdf(replace(clearing, award=open_award), language=ENGLISH, day=DAY))[0]
    assert "No award can be cheaper by more than 812 EUR." in said


def test_balancing_notes_stand_in_the_report(clearing: Clearing) -> None:
    prices = replace(clearing.price_list, notes=(Note(0, 4, 12345),))
    said = " ".join(pages(report_pdf(replace(clearing, price_list=prices), language=ENGLISH, day=DAY)))
    assert "Balancing note: Medna Reka Mining pays Zhar Ptitsa Smelter 123.45 EUR." in said


def test_charts_are_valid_vega_lite(clearing: Clearing, monkeypatch: pytest.MonkeyPatch) -> None:
    from sprega.rooms.buying import charts

    drawn = []
    monkeypatch.setattr(
        charts, "draw", lambda chart, language: drawn.append(chart.to_dict(validate=True)) or "<svg/>"
    )
    charts.waterfall(all_steps(clearing), ENGLISH)
    rules = {rule: [0.1, 0.2] for rule in RULES}
    charts.savings_by_rule(["A", "B"], rules, {"shapley": [(0.0, 0.2), (0.1, 0.3)]}, "shapley", ENGLISH)
    assert len(drawn) == 2


def test_one_of_a_kind_is_said_well(clearing: Clearing) -> None:
    """One lot and one supplier, one saving for all, nothing divided."""
    everybody = np.full(len(clearing.purchase.players), clearing.cost / len(clearing.purchase.players))
    same = replace(
        clearing,
        purchase=replace(clearing.purchase, award="split"),
        stand_alone=1.25 * everybody,
        shares=dict.fromkeys(RULES, everybody),
    )
    said = " ".join(" ".join(pages(report_pdf(same, language=ENGLISH, day=DAY))).split())
    assert "Saved against buying alone: 20.0" in said
    assert "from 20.0" not in said
    assert "no item is divided among suppliers" in said
    assert "The award: lots – " in said
