# SPDX-License-Identifier: EUPL-1.2
"""Our colours and what every chart shares."""

from __future__ import annotations

from typing import Any

COPPER = "#a9551f"
"""Action and highlight."""
PATINA = "#2c7a6b"
"""Positive."""
SLATE = "#2f3a44"
SLATE_LIGHT = "#7b8791"
LIMESTONE = "#d9d3c6"

FONT = "Fira Sans"
TEXT = 9

CONFIG: dict[str, Any] = {
    "background": None,
    "font": FONT,
    "view": {"stroke": None},
    "axis": {
        "domain": False,
        "ticks": False,
        "gridColor": "#e6e1d7",
        "labelColor": SLATE,
        "labelFontSize": TEXT,
        "labelPadding": 5,
        "labelLimit": 220,
        "titleColor": SLATE_LIGHT,
        "titleFontSize": TEXT,
        "titleFontWeight": "normal",
        "titlePadding": 6,
    },
    "legend": {
        "labelColor": SLATE,
        "labelFontSize": TEXT,
        "title": None,
        "orient": "top",
        "direction": "horizontal",
        "offset": 4,
        "symbolSize": 45,
        "labelLimit": 240,
    },
    "text": {"color": SLATE, "fontSize": TEXT},
    "range": {"category": [COPPER, SLATE, PATINA, SLATE_LIGHT]},
}
