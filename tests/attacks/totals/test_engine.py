"""Random stories against the engine alone: nobody is bounded closer than the rule promised.

`make bench` tells the same for thousands of stories; the seeds of a test run are fixed.
"""

from __future__ import annotations

import pytest

from tests.attacks.totals.engine import attacked
from tests.attacks.totals.stories import story


@pytest.mark.parametrize("first", range(0, 120, 20))
def test_nobody_is_recovered(first: int) -> None:
    shown = 0
    for seed in range(first, first + 20):
        figures, recovered = attacked(story(seed), 10)
        assert not recovered, seed
        shown += figures
    assert shown >= 40, "refusing everything would be safe too"


def test_without_the_history_the_attacker_succeeds() -> None:
    """Or the attack could not fail."""
    beaten = sum(bool(attacked(story(seed), 8, guarded=False)[1]) for seed in range(6))
    assert beaten >= 4
