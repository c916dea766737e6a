# SPDX-License-Identifier: EUPL-1.2
from __future__ import annotations

import numpy as np
import pytest

from sprega.engines.games.level_program import LevelProgram
from sprega.engines.games.nucleolus import nucleolus
from sprega.engines.model import EngineError


def program(total: float, *, bounded: bool = True) -> LevelProgram:
    two = LevelProgram(2, total, bounded=bounded)
    two.add([0b01, 0b10], np.array([0.0, 1.0]))
    return two


def test_solves_settles_and_takes_it_back():
    two = program(3.0)
    first = two.solve()
    np.testing.assert_allclose(first.x, [1, 2])
    assert first.excess == pytest.approx(-1)
    assert first.tight_rows.tolist() == [0, 1]
    two.close(0, first, np.array([True, True]))
    assert two.closed_at.tolist() == [0, 0]
    two.reopen(0)
    assert two.closed_at.tolist() == [-1, -1]
    np.testing.assert_allclose(two.solve().x, first.x)


def test_a_program_without_a_solution_says_so():
    with pytest.raises(EngineError, match="HiGHS ended a level of the nucleolus with: Infeasible"):
        program(-1.0).solve()
    nothing_holds_it = LevelProgram(2, 1.0, bounded=False)
    with pytest.raises(EngineError, match="Unbounded"):
        nothing_holds_it.solve()


def test_a_refused_change_is_not_passed_over():
    two = program(3.0)
    with pytest.raises(EngineError, match="HiGHS refused"):
        two.add([0b11], np.array([np.inf]))


def test_solver_does_not_write_to_the_terminal(capfd):
    nucleolus([0, 0, 0, 60, 0, 60, 0, 72])
    assert capfd.readouterr() == ("", "")
