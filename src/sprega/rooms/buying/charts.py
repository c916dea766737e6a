# SPDX-License-Identifier: EUPL-1.2
"""The charts of a cleared purchase: where the saving comes from, and who saves how much by which rule."""

from __future__ import annotations

from typing import Any

from sprega.engines.clearing.model import RULES
from sprega.engines.model import Sentence
from sprega.foundation.charts import COPPER, PATINA, SLATE, SLATE_LIGHT, draw
from sprega.foundation.language import Language
from sprega.rooms.buying.answer import RULE_NAMES, Steps

WIDTH = 490
LABELS = 165
"""Room for the words left of the bars."""


def waterfall(steps: Steps, language: Language) -> str:
    """Draw the saving in its two parts and in all; what costs more than before points left."""
    import altair as alt

    say = language.say
    parts: list[tuple[str, float, float]] = []
    if steps.choice is not None:
        parts.append((say(Sentence("Better choice of supplier")), 0.0, steps.choice))
    parts.append((say(Sentence("Buying together")), steps.choice or 0.0, steps.total))
    if steps.choice is not None:
        parts.append((say(Sentence("Together, against today")), 0.0, steps.total))
    rows = [
        {
            "part": name,
            "start": start,
            "end": end,
            "kind": "total" if number == 2 else ("saves" if end >= start else "costs"),
            "right": max(start, end),
            "label": language.money(end - start, steps.currency, steps.digits),
        }
        for number, (name, start, end) in enumerate(parts)
    ]
    order = [name for name, _, _ in parts]
    title = say(Sentence("Saving, {currency}", {"currency": steps.currency}))
    base = alt.Chart(alt.Data(values=rows)).encode(
        y=alt.Y(
            "part:N", sort=order, axis=alt.Axis(title=None, grid=False, minExtent=LABELS, labelLimit=LABELS)
        ),
    )
    reach = max(abs(row[side]) for row in rows for side in ("start", "end")) or 1.0
    low = min(0.0, *(min(row["start"], row["end"]) for row in rows))
    high = max(0.0, *(row["right"] for row in rows))
    scale = alt.Scale(domain=[low - (0.06 * reach if low < 0 else 0), high + 0.3 * reach], nice=False)
    colour = alt.Color(
        "kind:N",
        scale=alt.Scale(domain=["saves", "costs", "total"], range=[PATINA, COPPER, SLATE]),
        legend=None,
    )
    bars = base.mark_bar(height=12).encode(
        x=alt.X(
            "start:Q",
            scale=scale,
            axis=alt.Axis(title=title, format=",.0f" if reach >= 10 else ",.2f", tickCount=5),
        ),
        x2="end:Q",
        color=colour,
    )
    labels = base.mark_text(align="left", dx=5, fontWeight="bold").encode(x="right:Q", text="label:N")
    return draw((bars + labels).properties(width=WIDTH - LABELS, height=19 * len(rows)), language)


def savings_by_rule(
    members: list[str],
    savings: dict[str, list[float]],
    intervals: dict[str, list[tuple[float, float]]],
    applied: str,
    language: Language,
) -> str:
    """Draw each member's saving against alone (a fraction) under each rule; the applied one stands out."""
    import altair as alt

    say = language.say
    names = {rule: say(RULE_NAMES[rule]) for rule in RULES}
    rows: list[dict[str, Any]] = [
        {
            "member": member,
            "rule": names[rule],
            "saving": 100 * savings[rule][number],
            "low": 100 * intervals[rule][number][0] if rule in intervals else None,
            "high": 100 * intervals[rule][number][1] if rule in intervals else None,
        }
        for rule in RULES
        for number, member in enumerate(members)
    ]
    order = [applied, *(rule for rule in RULES if rule != applied)]
    shown = [names[rule] for rule in order]
    base = alt.Chart(alt.Data(values=rows)).encode(
        y=alt.Y(
            "member:N",
            sort=members,
            axis=alt.Axis(title=None, grid=True, minExtent=LABELS, labelLimit=LABELS),
        ),
    )
    axis = alt.Axis(title=say(Sentence("Saving against buying alone, %")), format="~r", tickCount=7)
    points = base.mark_point(filled=True, opacity=1).encode(
        x=alt.X("saving:Q", scale=alt.Scale(zero=True, nice=True, padding=6), axis=axis),
        color=alt.Color(
            "rule:N",
            sort=shown,
            scale=alt.Scale(domain=shown, range=[COPPER, SLATE, PATINA, SLATE_LIGHT]),
            legend=alt.Legend(columns=2),
        ),
        shape=alt.Shape(
            "rule:N",
            sort=shown,
            scale=alt.Scale(domain=shown, range=["circle", "square", "diamond", "triangle-up"]),
        ),
        size=alt.condition(alt.datum.rule == names[applied], alt.value(55), alt.value(24)),
    )
    layers = [points]
    if intervals:
        layers.insert(
            0,
            base.transform_filter("isValid(datum.low)")
            .mark_rule(color=SLATE_LIGHT, strokeWidth=1)
            .encode(x="low:Q", x2="high:Q"),
        )
    zero = (
        alt.Chart(alt.Data(values=[{"zero": 0}]))
        .mark_rule(color=SLATE_LIGHT, strokeWidth=1)
        .encode(x="zero:Q")
    )
    chart = alt.layer(zero, *layers)
    return draw(chart.properties(width=WIDTH - LABELS, height=11 * len(members) + 4), language)
