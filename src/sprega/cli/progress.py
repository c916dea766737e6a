# SPDX-License-Identifier: EUPL-1.2
"""A progress bar on standard error, only where somebody watches."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from sprega.engines.model import Sentence
from sprega.foundation.language import Language

Progress = Callable[[str, float], None]

STAGES = {
    "award": Sentence("Finding the award"),
    "coalitions": Sentence("Pricing every group"),
    "shares": Sentence("Sharing the cost"),
    "report": Sentence("Writing the result"),
}


@contextmanager
def shown_progress(language: Language) -> Iterator[Progress]:
    """Give a function that takes a stage and how much of it is done; silent when nobody watches."""
    if not sys.stderr.isatty():
        yield lambda stage, done: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, TaskProgressColumn, TextColumn, TimeElapsedColumn
    from rich.progress import Progress as Bar

    columns = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), TimeElapsedColumn())
    with Bar(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(language.say(STAGES["award"]), total=1.0)

        def show(stage: str, done: float) -> None:
            words = language.say(STAGES[stage]) if stage in STAGES else stage
            bar.update(task, description=words, completed=done)

        yield show
