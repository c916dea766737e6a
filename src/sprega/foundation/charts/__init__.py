# SPDX-License-Identifier: EUPL-1.2
"""Charts: Altair specifications in our colours, drawn as SVG on this machine."""

from sprega.foundation.charts.draw import draw, locales, specified
from sprega.foundation.charts.theme import COPPER, LIMESTONE, PATINA, SLATE, SLATE_LIGHT

__all__ = ["COPPER", "LIMESTONE", "PATINA", "SLATE", "SLATE_LIGHT", "draw", "locales", "specified"]
