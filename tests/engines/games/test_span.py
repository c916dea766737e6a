# SPDX-License-Identifier: EUPL-1.2
from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from sprega.engines.games.span import Span


@given(st.integers(2, 9), st.data())
@settings(deadline=None)
def test_finds_rank_and_every_coalition_in_the_span(n, data):
    masks = data.draw(st.lists(st.integers(1, 2**n - 1), max_size=n))
    span = Span(n, {}).extended(masks)
    matrix = np.array([[mask >> i & 1 for i in range(n)] for mask in masks]).reshape(-1, n)
    rank = np.linalg.matrix_rank(matrix) if masks else 0
    assert span.rank == rank
    every = np.arange(2**n)
    expected = [
        np.linalg.matrix_rank(np.vstack([matrix, every[mask] >> np.arange(n) & 1])) == rank for mask in every
    ]
    np.testing.assert_array_equal(span.test.contains(every), expected)
