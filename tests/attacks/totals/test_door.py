"""Random stories at the real door: whoever looks, whatever they remember, nobody is recovered."""

from __future__ import annotations

import pytest

from tests.attacks.totals.door import Siege
from tests.attacks.totals.stories import story
from tests.people import People


@pytest.mark.parametrize("seed", range(1000, 1060))
def test_nobody_is_recovered(people: People, seed: int) -> None:
    siege = Siege(story(seed), people)
    siege.play(8)
    assert not siege.found
