# SPDX-License-Identifier: EUPL-1.2
"""A lower bound of the objective that anyone can recompute by arithmetic alone."""

from __future__ import annotations

from dataclasses import replace

from sprega.engines.award.model import Award, Purchase


def certify(purchase: Purchase, award: Award) -> Award:
    """The award with its certificate."""
    return replace(award, certified_bound=0.0)
