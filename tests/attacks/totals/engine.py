"""The engine alone under attack: a story is judged step by step, and each new figure is attacked at once."""

from __future__ import annotations

import numpy as np

from sprega.engines.disclosure.model import Candidate, Contributions, Outcome, Release, Rule
from sprega.engines.disclosure.release import decide
from tests.attacks.totals.attacker import Attacker, Recovered, Seen, viewers
from tests.attacks.totals.stories import Story, Subject


def attacked(told: Story, steps: int, *, guarded: bool = True) -> tuple[int, list[Recovered]]:
    """How many figures were shown, and what the attacker recovered.

    Not `guarded`, each figure is judged with nothing before it, as if nobody remembered.
    """
    history: list[Release] = []
    seen: list[Seen] = []
    found: list[Recovered] = []
    for subject in told.steps(steps):
        rule = Rule(
            percent=told.percent,
            colluding=told.colluding,
            threshold=told.colluding + 2,
            statistics_threshold=5,
        )
        candidate = _candidate(told, subject)
        decision = decide(history if guarded else [], candidate, rule)
        release = decision.release
        if decision.outcome is not Outcome.SHOW:
            assert release is None or any(release is one for one in history), "frozen is what was shown"
            continue
        if any(release is one for one in history):
            continue
        history.append(release)
        seen.append(Seen(told.entries(subject), release.low, release.high, told.percent, candidate.waivers))
        found += Attacker(seen, told.holding).recovered(viewers(told.holding, colluding=told.colluding))
    return len(history), found


def _candidate(told: Story, subject: Subject) -> Candidate:
    entries = told.entries(subject)
    return Candidate(
        subject.name,
        Contributions(
            tuple(entry.member for entry in entries),
            tuple(told.holding[entry.member] for entry in entries),
            np.array([entry.amount for entry in entries]),
            tuple(entry.item for entry in entries),
            np.array([entry.weight for entry in entries]),
        ),
        subject.form,
        frozenset(told.waived.get(subject.name, ())),
    )
