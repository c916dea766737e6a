# SPDX-License-Identifier: EUPL-1.2
"""Days and moments as the reader of a page writes them, short enough for a table."""

from __future__ import annotations

from datetime import date, datetime
from functools import lru_cache

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import get_language


def short_day(value: date | datetime) -> str:
    """5 Mar 2026; of a moment the day that it was here."""
    day = _here(value).date() if isinstance(value, datetime) else value
    return _written(day, "SHORT_DATE_FORMAT", get_language())


def short_moment(value: datetime) -> str:
    """5 Mar 2026, 14:30 in our own time."""
    minute = _here(value).replace(second=0, microsecond=0, tzinfo=None)
    return _written(minute, "SHORT_DATETIME_FORMAT", get_language())


def _here(moment: datetime) -> datetime:
    return timezone.localtime(moment) if timezone.is_aware(moment) else moment


@lru_cache(maxsize=8192)
def _written(value: date, style: str, _language: str | None) -> str:
    """Written once: a list shows the same few days row after row, and is looked at again and again."""
    return date_format(value, style)
