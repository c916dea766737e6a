# SPDX-License-Identifier: EUPL-1.2
"""The two locks: a cluster runs on the very packages on which it was tested."""

from __future__ import annotations

import re
from pathlib import Path

REQUIREMENTS = Path(__file__).parents[1] / "requirements"


def pinned(lock: str) -> dict[str, str]:
    """The version of each package that a lock names."""
    text = (REQUIREMENTS / lock).read_text("utf-8")
    return dict(re.findall(r"^([\w.-]+)(?:\[[^]]*\])?==(\S+)", text, re.MULTILINE))


def test_what_runs_is_what_was_tested() -> None:
    """Each package of `run.txt` stands in `dev.txt` in the same version."""
    run, dev = pinned("run.txt"), pinned("dev.txt")
    assert len(run) > 20
    assert {name: version for name, version in run.items() if dev.get(name) != version} == {}
