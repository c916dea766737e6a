# SPDX-License-Identifier: EUPL-1.2
"""Figures that know how they are written, so that a sentence can carry them in any language."""

from __future__ import annotations

import datetime
from dataclasses import dataclass


@dataclass(frozen=True)
class Money:
    """An amount in a currency (ISO 4217); `digits` None means the currency's minor units."""

    amount: float
    currency: str
    digits: int | None = None


@dataclass(frozen=True)
class Percent:
    """A fraction, shown in percent."""

    fraction: float
    digits: int = 1


@dataclass(frozen=True)
class Number:
    """A number, with a unit or without; `digits` None shows as many as it needs."""

    value: float
    unit: str = ""
    digits: int | None = None


@dataclass(frozen=True)
class Day:
    """A calendar day."""

    date: datetime.date
