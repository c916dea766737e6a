"""Contrast of every pair of tokens that pages put together: WCAG 2.2 AA in both themes."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from sprega.foundation import ui

SHEET = (Path(ui.__file__).parent / "static/ui/sprega.css").read_text("utf-8")
TOKENS = {
    name: {"light": light, "dark": dark}
    for name, light, dark in re.findall(r"--([\w-]+): light-dark\((#\w{6}), (#\w{6})\)", SHEET)
}
SURFACES = ("ground", "surface", "sunken", "rail")
WRITING = ("ink", "ink-soft", "accent", "good", "warn", "bad")
WASHES = {"accent-wash": "accent", "good-wash": "good", "warn-wash": "warn", "bad-wash": "bad"}
TEXT, SHAPE = 4.5, 3.0


def luminance(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = [
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    ]
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str, theme: str) -> float:
    low, high = sorted(luminance(TOKENS[name][theme]) for name in (one, other))
    return (high + 0.05) / (low + 0.05)


def pairs() -> list[tuple[str, str, float]]:
    found = [(text, ground, TEXT) for text in WRITING for ground in SURFACES]
    found += [(text, wash, TEXT) for wash, own in WASHES.items() for text in (own, "ink", "ink-soft")]
    found += [
        ("on-accent", "accent-fill", TEXT),
        ("on-accent", "accent-press", TEXT),
        ("ground", "ink", TEXT),
    ]
    found += [
        (edge, ground, SHAPE) for edge in ("line-strong", "focus", "accent-fill") for ground in SURFACES[:3]
    ]
    found += [(f"series-{step}", "surface", SHAPE) for step in (1, 2, 3, 4)]
    return found


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_contrast(theme: str) -> None:
    assert not [pair for pair in pairs() if contrast(*pair[:2], theme) < pair[2]]


def test_one_sheet_of_a_moderate_size() -> None:
    assert len(SHEET.encode()) < 40_000


def test_every_token_that_is_used_exists() -> None:
    assert set(re.findall(r"var\(--([\w-]+)", SHEET)) <= set(re.findall(r"--([\w-]+):", SHEET))
