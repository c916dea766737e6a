# SPDX-License-Identifier: EUPL-1.2
"""A table of two dimensions with its margins, as candidates."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from sprega.engines.disclosure.model import Candidate, Contributions
from sprega.engines.model import EngineError, Sentence


def grid(subject: str, cells: Sequence[Sequence[Contributions]], **options: Any) -> list[Candidate]:
    """Make the candidates of a table: cells row by row, then totals of rows, of columns, and of all.

    Parameters
    ----------
    subject : str
        What the table is about; a cell's subject adds its row and column, counted from 1, 0 for a total.
    cells : sequence of sequences of Contributions
        The inner cells. Their items are replaced by the cell's subject.
    **options
        Passed on to every `Candidate`.

    Returns
    -------
    list of Candidate
        (rows + 1) * (columns + 1) of them.

    Raises
    ------
    EngineError
        The rows differ in length.

    Examples
    --------
    >>> from sprega.engines.disclosure.model import independent
    >>> table = grid("lime", [[independent([("A", 1)]), independent([("B", 2)])]])
    >>> [(cell.subject[5:], cell.contributions.total) for cell in table]
    [('1/1', 1.0), ('1/2', 2.0), ('1/0', 3.0), ('0/1', 1.0), ('0/2', 2.0), ('0/0', 3.0)]
    """
    width = len(cells[0]) if cells else 0
    if any(len(row) != width for row in cells):
        raise EngineError(Sentence("All rows of a table need the same number of cells."))
    inner = [
        [
            replace(cell, items=(f"{subject} {r}/{c}",) * len(cell.contributors))
            for c, cell in enumerate(row, start=1)
        ]
        for r, row in enumerate(cells, start=1)
    ]
    every = [(r, c, cell) for r, row in enumerate(inner, start=1) for c, cell in enumerate(row, start=1)]
    named = [(f"{r}/{c}", [cell]) for r, c, cell in every]
    named += [(f"{r}/0", row) for r, row in enumerate(inner, start=1)]
    named += [(f"0/{c}", [row[c - 1] for row in inner]) for c in range(1, width + 1)]
    named.append(("0/0", [cell for _, _, cell in every]))
    return [Candidate(f"{subject} {name}", _together(parts), **options) for name, parts in named]


def _together(parts: Sequence[Contributions]) -> Contributions:
    return Contributions(
        tuple(name for part in parts for name in part.contributors),
        tuple(name for part in parts for name in part.holdings),
        np.concatenate([part.amounts for part in parts]) if parts else np.empty(0),
        tuple(item for part in parts for item in part.items),
        np.concatenate([part.weights for part in parts]) if parts else np.empty(0),
    )
