# SPDX-License-Identifier: EUPL-1.2
"""What judging one more total costs, and how many random stories are lost: somebody was recovered.

There is no peer that judges totals one after another.

python -m benchmarks.disclosure [stories of the engine] [stories at the door]
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator

import numpy as np
from tests.attacks.totals.engine import attacked
from tests.attacks.totals.stories import story

from sprega.engines.disclosure.model import Candidate, Contributions, Outcome, Release, Rule
from sprega.engines.disclosure.release import decide

Row = tuple[str, float, float, int, int]
OVERLAPS = ((22, 20, 0.5), (300, 40, 0.5), (300, 40, 0.9), (300, 60, 0.3))


def rows(stories: int = 4000, at_the_door: int = 200) -> Iterator[Row]:
    """What, CPU seconds of a judgement (median and worst), figures shown, stories with somebody recovered."""
    for members, totals, share in OVERLAPS:
        used = list(judgements(members, totals, share))
        what = f"one more total: {members} members, {totals} totals over {share:.0%} of them each"
        yield what, float(np.median(used)), max(used), totals, 0
    shown = lost = 0
    for seed in range(stories):
        figures, recovered = attacked(story(seed), 10)
        shown, lost = shown + figures, lost + bool(recovered)
    yield f"{stories} stories against the engine", float("nan"), float("nan"), shown, lost
    yield f"{at_the_door} stories at the door", float("nan"), float("nan"), 0, lost_at_the_door(at_the_door)


def judgements(members: int, totals: int, share: float, seed: int = 2) -> Iterator[float]:
    """CPU seconds of each of many totals that overlap, every third of them a band."""
    rng = np.random.default_rng(seed)
    names = tuple(f"M{place}" for place in range(members))
    amounts = np.round(rng.lognormal(3, 1, members), 1)
    history: list[Release] = []
    for place in range(totals):
        who = np.flatnonzero(rng.random(members) < share)
        its = tuple(names[k] for k in who)
        candidate = Candidate(
            f"total {place}", Contributions(its, its, amounts[who]), "band" if place % 3 == 2 else "value"
        )
        start = time.process_time()
        decision = decide(history, candidate, Rule())
        yield time.process_time() - start
        if decision.outcome is Outcome.SHOW:
            assert decision.release is not None
            history.append(decision.release)


def lost_at_the_door(stories: int) -> int:
    """How many stories in PostgreSQL end with somebody recovered: the test itself, with more of them."""
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "tests/attacks/totals/test_door.py", "-k", "recovered"],
        env={**os.environ, "SPREGA_STORIES": str(stories)},
        capture_output=True,
        text=True,
        check=False,
    )
    told = re.search(r"(?:(\d+) failed, )?(\d+) passed", done.stdout)
    assert told and "error" not in done.stdout.splitlines()[-1], done.stdout[-2000:]
    assert int(told[1] or 0) + int(told[2]) >= stories
    return int(told[1] or 0)


if __name__ == "__main__":
    for row in rows(*map(int, sys.argv[1:])):
        print(row, flush=True)
