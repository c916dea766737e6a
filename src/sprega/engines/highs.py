# SPDX-License-Identifier: EUPL-1.2
"""HiGHS as every engine uses it: silent, and never with an option that it refused without our knowing."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sprega.engines.model import EngineError, Sentence

WARM_SIMPLEX = {"presolve": "off", "solver": "simplex", "threads": 1}
"""Options for a small program that changes a little and is solved again and again."""


def silent_highs(options: Mapping[str, object]) -> Any:
    """A solver that prints nothing, with these options.

    Raises
    ------
    EngineError
        When HiGHS refuses an option; other versions do so without a word and go on with their default.
    """
    import highspy

    # highspy's Python class writes a banner to standard output before it can be silenced; the compiled
    # class that it extends does not
    compiled: Any = highspy.Highs.__base__
    highs = compiled()
    set_options(highs, {"output_flag": False, **options})
    return highs


def set_options(highs: Any, options: Mapping[str, object]) -> None:
    """Set options and insist on each."""
    for name, wanted in options.items():
        require_ok(highs.setOptionValue(name, wanted), f"setOptionValue {name}")


def require_ok(status: Any, call: str) -> None:
    """Raise unless HiGHS took a call without a complaint."""
    import highspy

    if status != highspy.HighsStatus.kOk:
        raise EngineError(Sentence("The solver refused the call {call}.", {"call": call}))
