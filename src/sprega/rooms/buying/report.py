# SPDX-License-Identifier: EUPL-1.2
"""The report of a cleared purchase, two to four pages, for the buying desk."""

from __future__ import annotations

import datetime
from pathlib import Path
from typing import Any

import numpy as np

from sprega.engines.clearing.model import RULES, Clearing
from sprega.engines.model import Sentence
from sprega.formats.award_words import price_of_own_rules
from sprega.foundation.documents import render
from sprega.foundation.language import Language
from sprega.rooms.buying import answer, charts, tables

TEMPLATES = Path(__file__).resolve().parent / "templates"

MOST_NOTES = 9


def report_pdf(
    clearing: Clearing,
    *,
    language: Language,
    day: datetime.date | None = None,
    warnings: tuple[Sentence, ...] = (),
) -> bytes:
    """Print the report: the answer, the saving's sources, the award, the bids, the shares, the proof."""
    say, steps = language.say, answer.all_steps(clearing)
    data = frame(
        clearing,
        language,
        title=say(Sentence("Joint purchase: {name}", {"name": clearing.purchase.name})),
        mark=say(Sentence("Buying desk only")),
        day=day,
    )
    data |= {
        "headline": say(answer.headline(steps, clearing.joining_pays)),
        "parts": _opening(clearing, steps, language),
        "limits": [say(line) for line in answer.limits(clearing)],
        "waterfall": waterfall(steps, language),
        "award": tables.award_table(clearing, language),
        "matrix": tables.bid_matrix(clearing, language),
        "members": {
            "title": _members_title(clearing, language),
            "lines": [say(answer.why_this_rule(clearing)), say(answer.RULE_MEANINGS[clearing.rule])],
            **tables.members_table(clearing, language),
        },
        "chart": _chart(clearing, language),
        "stability": {
            "title": say(Sentence("Would any group do better alone?")),
            **tables.stability_table(clearing, language),
            "note": say(price) if (price := price_of_own_rules(clearing, RULES)) else None,
        },
        "prices": tables.price_table(clearing, language),
        "notes": _notes(clearing, warnings, language),
    }
    return render(TEMPLATES / "report.typ", data)


def frame(
    clearing: Clearing, language: Language, *, title: str, mark: str, day: datetime.date | None
) -> dict[str, Any]:
    """What stands around every page."""
    page, of = language.say(Sentence("Page {page} of {pages}", {"page": "\0", "pages": ""})).split("\0")
    name = tables.short(clearing.purchase.name, 70)
    return {
        "language": language.code,
        "title": title,
        "about": f"{name} · {language.date(day)}" if day else name,
        "mark": mark,
        "foot": "Sprega",
        "page_word": [page, of],
    }


def waterfall(steps: answer.Steps, language: Language) -> dict[str, str]:
    """The chart of the saving's two parts, with its finding and its words."""
    say, money = language.say, steps.money
    note = [
        say(
            Sentence(
                "Alone with the same bids: {alone}. Together: {together}.",
                {"alone": money(steps.alone), "together": money(steps.together)},
            )
        )
    ]
    if steps.today is not None:
        note.insert(0, say(Sentence("Today: {today}.", {"today": money(steps.today)})))
    lines = [say(answer.choice_part(steps)), say(answer.joining_part(steps))]
    return {
        "title": say(_finding(steps)),
        "svg": charts.waterfall(steps, language),
        "alt": " ".join([*note, *lines]),
        "note": " ".join(note),
    }


def _finding(steps: answer.Steps) -> Sentence:
    """What the chart of the two parts shows."""
    if steps.choice is None:
        if steps.joining > 0:
            return Sentence("Where the saving comes from")
        return Sentence("Buying together does not save")
    if steps.choice > 0 and steps.joining > 0:
        if steps.choice >= 2 * steps.joining:
            return Sentence("Most of the saving comes from a better choice of supplier")
        if steps.joining >= 2 * steps.choice:
            return Sentence("Most of the saving comes from buying together")
        return Sentence("Both a better choice of supplier and buying together save")
    if steps.choice > 0:
        return Sentence("A better choice of supplier saves; buying together does not")
    if steps.joining > 0:
        return Sentence("Buying together saves; a better choice of supplier alone does not")
    return Sentence("Neither the choice of supplier nor buying together saves")


def _opening(clearing: Clearing, steps: answer.Steps, language: Language) -> list[str]:
    """The lines under the answer."""
    say = language.say
    lines = []
    if priced := answer.priced_steps(clearing):
        known = int((~np.isnan(clearing.today)).sum())
        lines.append(
            say(
                Sentence(
                    "Today's prices are complete for {known} of {all} members. "
                    "These pay {today} today, {alone} alone and {together} together.",
                    {
                        "known": known,
                        "all": len(clearing.today),
                        "today": priced.money(priced.today or 0.0),
                        "alone": priced.money(priced.alone),
                        "together": priced.money(priced.together),
                    },
                )
            )
        )
    else:
        lines.append(say(answer.choice_part(steps)))
    lines.append(say(answer.joining_part(steps)))
    lines.append(say(answer.stability(clearing, clearing.rule)))
    lines.append(say(answer.proof(clearing)))
    return lines


def savings(clearing: Clearing, rule: str) -> np.ndarray:
    """Each player's saving against alone under a rule, as a fraction."""
    alone = np.where(clearing.stand_alone > 0, clearing.stand_alone, np.nan)
    return np.nan_to_num((clearing.stand_alone - clearing.shares[rule]) / alone)


def _members_title(clearing: Clearing, language: Language) -> str:
    saved = savings(clearing, clearing.rule)
    losers = int((saved < -1e-9).sum())
    if losers:
        return language.say(
            Sentence("The shares: members that pay more than alone: {count}", {"count": losers})
        )
    return language.say(Sentence("The shares: no member pays more than alone"))


def _chart(clearing: Clearing, language: Language) -> dict[str, str]:
    say, shown = language.say, tables.shown_players(clearing)
    people = [clearing.purchase.members[clearing.purchase.players[k]] for k in shown]
    names = [tables.short(name, 28) for name in tables.told_apart(people)]
    if len(set(names)) < len(names):
        names = [person.code for person in people]
    saved = savings(clearing, clearing.rule)
    least, most = min(shown, key=lambda k: saved[k]), max(shown, key=lambda k: saved[k])
    intervals = {
        rule: [(1 - high[k] / clearing.stand_alone[k], 1 - low[k] / clearing.stand_alone[k]) for k in shown]
        for rule, (low, high) in clearing.share_intervals.items()
        if (clearing.stand_alone[shown] > 0).all()
    }
    ends = {"least": language.percent(saved[least]), "most": language.percent(saved[most])}
    title = say(
        Sentence("Saved against buying alone: {least}", ends)
        if ends["least"] == ends["most"]
        else Sentence("Who saves how much against buying alone: from {least} to {most}", ends)
    )
    words = Sentence(
        "{title}. Rule applied: {rule}. Least: {poor}. Most: {rich}. The table above holds every figure.",
        {
            "title": title,
            "rule": answer.RULE_NAMES[clearing.rule],
            "poor": names[shown.index(least)],
            "rich": names[shown.index(most)],
        },
    )
    drawn = charts.savings_by_rule(
        names,
        {rule: [float(savings(clearing, rule)[k]) for k in shown] for rule in RULES},
        intervals,
        clearing.rule,
        language,
    )
    return {"title": title, "svg": drawn, "alt": say(words)}


def _notes(clearing: Clearing, warnings: tuple[Sentence, ...], language: Language) -> dict[str, Any]:
    """Balancing notes, warnings and how it was computed."""
    say = language.say
    lines = [*tables.balancing_notes(clearing, language), *(say(line) for line in warnings)]
    lines += [say(line) for line in clearing.notes]
    if len(lines) > MOST_NOTES:
        more = Sentence("Further notes in award.xlsx: {count}.", {"count": len(lines) - MOST_NOTES})
        lines = [*lines[:MOST_NOTES], say(more)]
    return {"title": say(Sentence("Good to know")), "lines": lines}
