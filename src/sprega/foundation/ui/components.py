# SPDX-License-Identifier: EUPL-1.2
"""What pages hand to the partials of `templates/ui/components`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from django.utils.functional import Promise


@dataclass(frozen=True)
class Step:
    """A step of a process: where it stands, who must do what by when, and its button."""

    title: str | Promise
    state: Literal["done", "now", "later"] = "later"
    who: str | Promise = ""
    due_at: date | datetime | None = None
    note: str | Promise = ""
    url: str = ""
    button: str | Promise = ""


@dataclass(frozen=True)
class Tab:
    """One of several views of the same thing."""

    label: str | Promise
    url: str
    here: bool = False
    count: int | None = None
