# SPDX-License-Identifier: EUPL-1.2
"""Numbers from cells and from text, read only where they can be read in one way."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass

from sprega.engines.model import Sentence

LARGEST = 1e15
"""Beyond this a double no longer holds every whole number, and no purchase comes near."""

# Spaces by which Bulgarian, French and ISO 31-0 spelling group thousands.
GROUP_SPACES = str.maketrans(dict.fromkeys("\u00a0\u202f\u2009\u2007\t", " "))

GROUPED = re.compile(r"[1-9][0-9]{0,2}(?:(?P<mark>[ .,])[0-9]{3})(?:(?P=mark)[0-9]{3})*")
NUMBER = re.compile(r"(?P<sign>[+-]?)(?P<body>[0-9., ]*[0-9])(?P<power>[eE][+-]?[0-9]{1,3})?")
DIGITS = re.compile(r"[0-9]+")


@dataclass(frozen=True)
class NumberReading:
    """A number, or what is wrong with it; `from_text` where it was typed as text."""

    value: float | None
    from_text: bool = False
    problem: Sentence | None = None
    mend: Sentence | None = None


def read_number(value: object, shown: str) -> NumberReading:
    """Read one cell's value as a number.

    Parameters
    ----------
    value : object
        What the spreadsheet holds: a number, a text, a date, a logical value.
    shown : str
        The value as a fault quotes it.

    Returns
    -------
    NumberReading

    Notes
    -----
    Text is read where only one spelling, Bulgarian or English, fits: a mark that stands twice
    groups thousands, the last of two different marks is the decimal one, and a single mark before
    exactly three digits could be either and is refused.

    Examples
    --------
    >>> read_number("1 000,00", "1 000,00").value
    1000.0
    >>> read_number("1,000", "1,000").value is None
    True
    """
    if isinstance(value, bool):
        return _refused(
            Sentence("{value} is a logical value, not a number.", {"value": shown}),
            Sentence("Type a number such as 1234.5 into the cell."),
        )
    if isinstance(value, int | float):
        return _bounded(value, shown, from_text=False)
    if not isinstance(value, str):
        return _refused(
            Sentence("{value} is a date or time, not a number.", {"value": shown}),
            Sentence("Type the number again and give the cell a number format."),
        )
    return _from_text(value, shown)


def _from_text(text: str, shown: str) -> NumberReading:
    plain = text.translate(GROUP_SPACES).replace("\u2212", "-").strip()
    found = NUMBER.fullmatch(plain)
    if found is None:
        return _unreadable(plain, shown)
    power = found["power"] or ""
    readings = _readings(found["body"].strip())
    if len(readings) == 2:
        large, small = readings
        spelled = {"value": shown, "large": large + power, "small": f"{float(small)}{power}"}
        return _refused(
            Sentence('"{value}" can be read as {large} and as {small}.', spelled),
            Sentence("Write {large} or {small}, best as a number and not as text.", spelled),
        )
    if not readings:
        return _unreadable(plain, shown)
    return _bounded(float(found["sign"] + readings[0] + power), shown, from_text=True)


def _readings(body: str) -> tuple[str, ...]:
    """Every way to read digits and marks, in plain spelling: none, one, or (grouped, decimal)."""
    if DIGITS.fullmatch(body):
        return (body,)
    whole = GROUPED.fullmatch(body)
    as_grouped = re.sub(r"[ .,]", "", body) if whole else None
    as_decimal = None
    at = max(body.rfind("."), body.rfind(","))
    if at >= 0 and DIGITS.fullmatch(body[at + 1 :]):
        front = body[:at]
        grouping = GROUPED.fullmatch(front)
        # The decimal mark must differ from the one that groups: 1,234,567 has no decimals.
        if front == "" or DIGITS.fullmatch(front) or (grouping and grouping["mark"] != body[at]):
            as_decimal = f"{re.sub('[ .,]', '', front) or '0'}.{body[at + 1 :]}"
    return tuple(reading for reading in (as_grouped, as_decimal) if reading is not None)


def _bounded(value: float, shown: str, *, from_text: bool) -> NumberReading:
    if not math.isfinite(value) or abs(value) > LARGEST:
        return _refused(
            Sentence("{value} is too large to be meant.", {"value": shown}),
            Sentence("Write a number below 1 000 000 000 000 000, or choose a larger unit."),
        )
    return NumberReading(float(value), from_text)


def _unreadable(plain: str, shown: str) -> NumberReading:
    if plain.endswith("%"):
        return _refused(
            Sentence('"{value}" has a percent sign where a plain number belongs.', {"value": shown}),
            Sentence("Write the number alone, without the percent sign."),
        )
    if any(character.isdigit() for character in plain):
        return _refused(
            Sentence('"{value}" holds more than a number.', {"value": shown}),
            Sentence("Write the number alone, such as 1234.5, without a currency, a unit or words."),
        )
    return _refused(
        Sentence('"{value}" is not a number.', {"value": shown}),
        Sentence("Write a number such as 1234.5."),
    )


def _refused(problem: Sentence, mend: Sentence) -> NumberReading:
    return NumberReading(None, problem=problem, mend=mend)
