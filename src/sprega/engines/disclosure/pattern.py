# SPDX-License-Identifier: EUPL-1.2
"""The integer program of secondary suppression, for a given list of worlds that must stay possible."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.optimize import Bounds, LinearConstraint, milp

from sprega.engines.disclosure.attack import DOUBT, Attack, Breach
from sprega.engines.disclosure.model import Vector

Mask: TypeAlias = NDArray[np.bool_]

SWING = 4.0  # times what is needed: how far a cell may move in a world that protects another


def choose(
    attack: Attack,
    worlds: Sequence[Breach],
    cost: Vector,
    forced: Mask,
    pairs: Sequence[tuple[int, int]],
    first: int,
    nodes: int,
) -> tuple[Mask, bool]:
    """Return the cheapest cells to withhold for which all the worlds exist, and whether that is proved.

    Parameters
    ----------
    attack : Attack
        On everything that might be shown; its rows from `first` on are the cells.
    worlds : sequence of Breach
        What must not be possible: each asks for a world in which its target is far enough off.
    cost : ndarray (cells,)
        Of withholding each cell.
    forced : ndarray (cells,) of bool
        Cells that are withheld in any case.
    pairs : sequence of (int, int)
        Cells that must not be seen together.
    first : int
        The row of the first cell.
    nodes : int
        Limit of branch and bound.

    Returns
    -------
    withheld : ndarray (cells,) of bool
    proven : bool

    Notes
    -----
    Fischetti and Salazar (2001), with the attacker's worlds written out instead of cut off by Benders' rows:
    tables of a cluster are small.
    """
    system = attack.system
    matrix, cells, atoms = system.atom_matrix(), cost.size, system.atoms
    blocks: list[Any] = []
    lows, highs = [np.ones(len(pairs))], [np.full(len(pairs), np.inf)]
    lower, upper = [forced.astype(np.float64)], [np.ones(cells)]
    both = np.zeros((len(pairs), cells))
    for place, pair in enumerate(pairs):
        both[place, pair] = 1.0
    swings = []
    is_cell = np.zeros(matrix.shape[0], dtype=bool)
    is_cell[first : first + cells] = True
    switch = np.eye(matrix.shape[0])[:, is_cell]  # row of the system, cell
    for world in worlds:
        viewer, side = world.viewer, world.side
        one = np.array([viewer])
        want = side.cost(side.alone_if(attack.known_members[viewer]))
        at_truth = float(side.distances(one, None)[0])
        swing = SWING * world.needed + 2 * DOUBT
        # low - swing x <= A z <= high + swing x; the two sides are two rows.
        blocks.append(sparse.csr_array(np.vstack([matrix, matrix, want])))
        swings.append(np.vstack([switch * swing, -switch * swing, np.zeros(cells)]))
        needed = world.needed + 2 * DOUBT - at_truth + float(want @ attack.truth)
        none = np.full(matrix.shape[0], np.inf)
        lows.append(np.concatenate([system.low, -none, [needed]]))
        highs.append(np.concatenate([none, system.high, [np.inf]]))
        lower.append(attack.known[viewer])
        upper.append(np.where(attack.full[viewer], attack.known[viewer], system.upper))
    rows = [
        sparse.hstack(
            [sparse.csr_array(np.vstack([both, *swings])), _below(len(pairs), sparse.block_diag(blocks))]
        )
    ]
    found = milp(
        np.concatenate([cost, np.zeros(atoms * len(worlds))]),
        integrality=np.concatenate([np.ones(cells), np.zeros(atoms * len(worlds))]),
        bounds=Bounds(np.concatenate(lower), np.concatenate(upper)),
        constraints=LinearConstraint(sparse.csc_array(rows[0]), np.concatenate(lows), np.concatenate(highs)),
        options={"node_limit": nodes, "mip_rel_gap": 0.0},
    )
    if found.x is None:
        return np.ones(cells, dtype=bool), False
    return found.x[:cells] > 0.5, found.status == 0


def _below(height: int, block: Any) -> Any:
    """Put empty rows above a block."""
    return sparse.vstack([sparse.csr_array((height, block.shape[1])), block])
