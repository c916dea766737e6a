"""Random stories at the real door: whoever looks, whatever they remember, nobody is recovered.

The seeds of a test run are fixed; `make bench` asks for more of them.
"""

from __future__ import annotations

import os

import pytest

from sprega.foundation.access import door
from tests.attacks.totals.door import Siege
from tests.attacks.totals.stories import story
from tests.people import People

# Where a company that was sold knew its former sisters' figures: each was recovered once.
SOLD = (1013, 1027, 1042)
STORIES = int(os.environ.get("SPREGA_STORIES", "20"))


@pytest.mark.parametrize("seed", sorted({*range(1000, 1000 + STORIES), *SOLD}))
def test_nobody_is_recovered(people: People, seed: int) -> None:
    siege = Siege(story(seed), people)
    siege.play(8)
    assert not siege.found


def test_without_memory_of_former_holdings_the_attacker_succeeds(
    people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Or the attack could not fail."""
    monkeypatch.setattr(door, "remembered", lambda holding: [])
    siege = Siege(story(SOLD[0]), people)
    siege.play(8)
    assert siege.found


@pytest.mark.parametrize("seed", [1001, 1004, 1006])
def test_the_desks_audit_says_the_same(people: People, seed: int) -> None:
    """One percentage from beginning to end, and nobody waives: the audit has nothing to report."""
    told = story(seed)
    told.happenings = ("move", "revise")
    siege = Siege(told, people, sales=0.0)
    siege.play(8)
    assert siege.shown
    assert not door.audit(actor=people.actor(people.desk))
