# SPDX-License-Identifier: EUPL-1.2
"""Which sheets and headers of a workbook are those of the contract, and which only look like it."""

from __future__ import annotations

import difflib
from collections.abc import Collection

from sprega.engines.model import Sentence
from sprega.formats.purchase_workbook.codes import LOOK_ALIKES, tidy
from sprega.formats.purchase_workbook.model import SHEETS, Findings


def near_miss(wanted: str, found: Collection[str]) -> str | None:
    """The one of `found` that was probably meant to be `wanted`.

    Examples
    --------
    >>> near_miss("Demand", ["Notes", "demands"])
    'demands'
    """
    plain = {name.translate(LOOK_ALIKES).casefold().replace(" ", "_"): name for name in found}
    near = difflib.get_close_matches(wanted.casefold(), plain, n=1, cutoff=0.8)
    return plain[near[0]] if near else None


def match_sheets(titles: list[str], findings: Findings) -> dict[str, int]:
    """Positions of the contract's sheets; notes those that are missing, misspelled or there twice."""
    places: dict[str, int] = {}
    further = []
    for position, title in enumerate(titles):
        name = tidy(title)
        if name not in SHEETS:
            further.append(name)
        elif name in places:
            findings.fault(
                name,
                None,
                None,
                Sentence("There are two sheets {sheet}.", {"sheet": name}),
                Sentence("Keep one of them, or give the other one another name."),
            )
        else:
            places[name] = position
    for name, shape in SHEETS.items():
        if name in places:
            continue
        meant = near_miss(name, further)
        if shape.required:
            findings.fault(
                name,
                None,
                None,
                Sentence("The sheet {sheet} is missing.", {"sheet": name}),
                _rename(name, meant)
                if meant
                else Sentence("Add it, with the columns {columns}.", {"columns": ", ".join(shape.columns)}),
            )
        elif meant:
            findings.warn(
                name,
                None,
                None,
                Sentence("The sheet {found} is ignored.", {"found": meant}),
                _rename(name, meant),
            )
    return places


def match_columns(sheet: str, row: int, headers: dict[int, str], findings: Findings) -> dict[str, int]:
    """Positions of the contract's columns; notes those that are missing, misspelled or there twice."""
    shape = SHEETS[sheet]
    places: dict[str, int] = {}
    further = []
    for position, text in headers.items():
        name = tidy(text)
        if name not in shape.columns:
            further.append(name)
        elif name in places:
            findings.fault(
                sheet,
                row,
                name,
                Sentence("There are two columns {column}.", {"column": name}),
                Sentence("Keep one of them, or give the other one another header."),
            )
        else:
            places[name] = position
    if not headers and not shape.required:
        return places
    for column in shape.columns:
        if column in places:
            continue
        meant = near_miss(column, further)
        if column in shape.needed:
            findings.fault(
                sheet,
                row,
                column,
                Sentence("The column {column} is missing.", {"column": column}),
                _rename(column, meant)
                if meant
                else Sentence(
                    "Add it; the sheet's columns are {columns}.", {"columns": ", ".join(shape.columns)}
                ),
            )
        elif meant:
            findings.warn(
                sheet,
                row,
                column,
                Sentence("The column {found} is ignored.", {"found": meant}),
                _rename(column, meant),
            )
    return places


def _rename(name: str, meant: str) -> Sentence:
    return Sentence("If {found} is meant to be it, name it exactly {name}.", {"found": meant, "name": name})
