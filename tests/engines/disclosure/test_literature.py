# SPDX-License-Identifier: EUPL-1.2
"""Worked examples of the literature.

"Handbook" is Hundepool et al., Handbook on Statistical Disclosure Control, section 4.2 (the text of chapter 4
of Hundepool et al., Statistical Disclosure Control, 2012).
"""

from __future__ import annotations

import numpy as np
import pytest

from sprega.engines.disclosure.audit import exposed, intervals
from sprega.engines.disclosure.grid import grid
from sprega.engines.disclosure.judge import exposed_alone, judge
from sprega.engines.disclosure.model import Release, Rule, independent
from sprega.engines.disclosure.suppress import suppress


def shown_cells(subject, values, hidden):
    """Releases of a table with one contributor a cell, but for the hidden cells (row, column)."""
    cells = [
        [independent([(f"{r},{c}", value)]) for c, value in enumerate(row, start=1)]
        for r, row in enumerate(values, start=1)
    ]
    names = {f"{subject} {r}/{c}" for r, c in hidden}
    return [
        Release(cell.subject, cell.contributions, cell.contributions.total, cell.contributions.total)
        for cell in grid(subject, cells)
        if cell.subject not in names
    ]


def ends(releases, contributor, viewer=()):
    found = [i for i in intervals(releases, viewer=viewer) if i.contributors == (contributor,)]
    return found[0].low, found[0].high


def test_handbook_example_1_second_largest_comes_within_two_percent():
    total = independent([("A", 50_000), ("B", 49_000), ("C", 1_000)])
    assert not judge(total, Rule(percent=10)).shown
    assert ends([Release("t", total, 100_000, 100_000)], "A", ["B"]) == (0, 51_000)
    assert judge(total, Rule(percent=2)).shown  # exactly 2 percent is not less than 2 percent
    assert not judge(total, Rule(percent=2.001)).shown


def test_handbook_example_1b_two_contributors():
    total = independent([("A", 70), ("B", 30)])
    assert exposed_alone(total, Rule()) == {"A", "B"}
    assert ends([Release("t", total, 100, 100)], "A", ["B"]) == (70, 70)


def test_handbook_example_1c_a_coalition_of_three_or_their_adviser():
    total = independent([("A", 40), ("B", 30), ("C", 20), ("D", 10)])
    assert judge(total, Rule()).shown
    assert not judge(total, Rule(), knows=[["B", "C", "D"]]).shown
    assert judge(total, Rule(threshold=4, colluding=2)).shown  # B and C are left with 10 >= 4
    assert not judge(total, Rule(threshold=5, statistics_threshold=5, colluding=3)).shown
    assert ends([Release("t", total, 100, 100)], "A", ["B", "C", "D"]) == (40, 40)


def test_handbook_example_1d_one_large_and_fifty_small():
    small = [(f"S{i}", 20.0) for i in range(50)]
    total = independent([("A", 99_000.0), *small])
    assert exposed_alone(total, Rule(percent=10)) == {"A"}


def test_handbook_example_2_safe_although_two_dominate():
    total = independent([("A", 52_000), ("B", 50_000), ("C", 8_000)])
    assert judge(total, Rule(percent=10)).high == 110_000
    low, high = ends([Release("t", total, 110_000, 110_000)], "A", ["B"])
    assert (low, high) == (0, 60_000)
    assert round(100 * (high - 52_000) / 52_000, 1) == 15.4


def test_handbook_waivers_the_largest_without_one_counts():
    # x_s is the largest without a waiver, x_r the largest other: unsafe if X - x_s - x_r < p/100 x_s.
    total = independent([("A", 1000), ("B", 60), ("C", 6), ("D", 3)])
    assert exposed_alone(total, Rule(percent=10)) == {"A"}  # for B: 1069 - 60 - 1000 = 9 >= 6
    assert judge(total, Rule(percent=10), waivers={"A"}).waived
    assert exposed_alone(total, Rule(percent=20)) == {"A", "B"}  # 9 < 12
    assert not judge(total, Rule(percent=20), waivers={"A"}).shown
    assert judge(total, Rule(percent=20), waivers={"A", "B"}).shown


def test_handbook_example_3_feasibility_interval():
    """Geurts (1992), table 10."""
    values = [[4, 3], [2, 1], [3, 3]]
    shown = shown_cells("t", values, [(1, 1), (1, 2), (2, 1), (2, 2)])
    assert ends(shown, "1,1") == (3, 6)


def test_handbook_example_5_upper_protection_level():
    # U >= p/100 x1 - (X - x1 - x2): a cell of 100 = 60 + 37 + 3 needs 3 more, in a second withheld cell.
    unsafe = independent([("A", 60), ("B", 37), ("C", 3)], item="unsafe")
    assert not judge(unsafe, Rule(percent=10)).shown

    def together(other):
        both = [("A", 60), ("B", 37), ("C", 3)]
        names = [(f"Z{i}", amount) for i, amount in enumerate(other)]
        margin = independent([*both, *names])
        return exposed([Release("m", margin, margin.total, margin.total)], Rule(percent=10))

    assert {found.contributors for found in together([1.5, 1.4])} >= {("A",)}
    assert not together([1.5, 1.5])


def test_fischetti_and_salazar_investments():
    """Fischetti and Salazar (2000, 2001): investment by activity and region, cell (2, 3) sensitive."""
    values = [[20, 50, 10], [8, 19, 22], [17, 32, 12]]
    shown = shown_cells("t", values, [(2, 1), (2, 3), (3, 1), (3, 3)])
    assert ends(shown, "2,3") == (5, 30)
    # The other three follow by hand: 30 - y, 25 - 30 + y and 34 - y.
    assert ends(shown, "2,1") == (0, 25)
    assert ends(shown, "3,1") == (0, 25)
    assert ends(shown, "3,3") == (4, 29)
    # With one cell withheld, or two in a row, it is found exactly.
    assert ends(shown_cells("t", values, [(2, 3)]), "2,3") == (22, 22)
    assert ends(shown_cells("t", values, [(2, 1), (2, 3)]), "2,3") == (22, 22)


def test_cox_singletons_undo_each_other():
    """Cox (2001), Handbook 4.2.2: two cells of one contributor each in a row; each knows the own cell."""
    values = [[40, 60, 30], [50, 45, 55]]
    shown = shown_cells("t", values, [(1, 1), (1, 2), (2, 1), (2, 2)])
    assert ends(shown, "1,1") == (0, 90)  # to an outsider
    assert ends(shown, "1,1", ["1,2"]) == (40, 40)  # to the other one in the row
    assert (("1,1",), ("1,2",)) in {(found.contributors, found.viewer) for found in exposed(shown, Rule())}


def test_cox_1981_subadditivity():
    """A union of safe cells is safe: the sensitivity p/100 x1 - (X - x1 - x2) is subadditive."""
    rng = np.random.default_rng(3)
    for _ in range(200):
        a, b = rng.integers(1, 60, (2, 4))
        one = independent(zip("ABCD", a, strict=True), item="1")
        two = independent(zip("ABCD", b, strict=True), item="2")
        if judge(one, Rule()).shown and judge(two, Rule()).shown:
            assert judge(independent(zip("ABCD", a + b, strict=True)), Rule()).shown


@pytest.mark.parametrize("secondary", [True, False])
def test_suppressing_the_unsafe_cell_alone_is_not_enough(secondary):
    def cell(r, c, amounts):
        return independent((f"{r}{c}{i}", amount) for i, amount in enumerate(amounts))

    amounts = [[[9, 8, 8], [5, 6, 7]], [[90, 1], [11, 12, 13]]]
    table = grid("t", [[cell(r, c, its) for c, its in enumerate(row)] for r, row in enumerate(amounts)])
    found = suppress(table, Rule())
    releases = found.releases
    if not secondary:
        releases = [
            Release(c.subject, c.contributions, c.contributions.total, c.contributions.total)
            for c in table
            if judge(c.contributions, Rule()).shown
        ]
    assert bool(exposed(releases, Rule())) != secondary


def holding(*amounts):
    return independent((f"M{place}", float(amount)) for place, amount in enumerate(amounts))


def dominated(amounts, n, k):
    """The (n, k) rule by hand: the n largest hold more than k percent."""
    sizes = sorted(map(abs, amounts), reverse=True)
    return sum(sizes[:n]) > k / 100 * sum(sizes)


def test_handbook_dominance_and_p_percent_disagree_where_the_handbook_says():
    """Section 4.2.1, examples 1 and 2: (2, 85) calls the second unsafe, although nobody comes near."""
    near, apart = (50_000, 49_000, 1_000), (52_000, 50_000, 8_000)
    assert dominated(near, 2, 85)
    assert not judge(holding(*near), Rule(percent=10)).shown
    assert dominated(apart, 2, 85)  # 102 of 110 are 92.7 %
    assert judge(holding(*apart), Rule(percent=10)).shown


def test_loeve_what_the_p_percent_rule_lets_pass_no_one_dominates():
    """Loeve (2001): X - x1 - x2 >= p/100 x1 leaves x1 at most X / (1 + p/100): (1, k) dominance holds."""
    rng = np.random.default_rng(5)
    for p in (5.0, 10.0, 25.0):
        passed = 0
        for _ in range(200):
            amounts = rng.integers(1, 500, rng.integers(3, 9))
            if judge(holding(*amounts), Rule(percent=p)).shown:
                passed += 1
                assert not dominated(amounts, 1, 100 / (1 + p / 100) * (1 + 1e-12))
        assert passed > 50


@pytest.mark.parametrize(("smallest", "safe"), [(14.9, False), (15, True), (15.1, True)])
def test_prior_posterior_is_p_percent_of_p_over_q(smallest, safe):
    """The p/q rule: known within q = 40 % before, not within p = 6 % after: unsafe if R q < p x1.

    With x1 = 100 and one small contributor R beside x2 = 80: R * 0.40 < 0.06 * 100 means R < 15.
    """
    assert judge(holding(100, 80, smallest), Rule(percent=100 * 6 / 40)).shown == safe


def test_willenborg_and_de_waal_negative_contributions_count_absolutely():
    # |100| + |-95| + |3| = 198; 198 - 100 - 95 = 3 < 10
    assert not judge(holding(100, -95, 3), Rule(percent=10)).shown
    # with -20 beside them 20 + 3 >= 10 is left, although the total is -12
    assert judge(holding(100, -95, 3, -20), Rule(percent=10)).low == -12


def test_zeros_protect_nobody_and_weights_decide_who_is_large():
    assert not judge(holding(60, 40, 0, 0, 0), Rule()).shown, "two contribute"
    given = independent([("A", 10.0), ("B", 10.0), ("C", 10.0)])
    weighted = type(given)(
        given.contributors, given.holdings, given.amounts, weights=np.array([10.0, 9.5, 0.5])
    )
    assert judge(given, Rule()).shown
    assert exposed_alone(weighted, Rule()) == {"A", "B"}  # 200 - 100 - 95 = 5 < 10, and 5 < 9.5 for B
