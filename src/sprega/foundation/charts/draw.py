# SPDX-License-Identifier: EUPL-1.2
"""Draw an Altair chart as SVG, its numbers and months in the reader's language."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

from sprega.foundation.charts.theme import CONFIG
from sprega.foundation.documents import font_folders
from sprega.foundation.language.language import MINUS, SPACE

if TYPE_CHECKING:
    import altair

    from sprega.foundation.language import Language


def draw(chart: altair.TopLevelMixin | dict[str, Any], language: Language) -> str:
    """Return the SVG of a chart. Its title and its words for those who cannot see it belong to the page."""
    specification = specified(chart)
    specification["config"] = {**specification.get("config", {}), **CONFIG}
    return _converter().vegalite_to_svg(
        specification,
        format_locale=_numbers(language),
        time_format_locale=_months(language.code),
        allowed_base_urls=[],
    )


def specified(chart: altair.TopLevelMixin | dict[str, Any]) -> dict[str, Any]:
    """The specification of a chart: our own, which the tests validate."""
    return dict(chart) if isinstance(chart, dict) else chart.to_dict(validate=False)


def locales(language: Language) -> dict[str, Any]:
    """The number and time locale under the names that Vega's embedding in a page knows."""
    return {"formatLocale": _numbers(language), "timeFormatLocale": _months(language.code)}


@cache
def _converter() -> Any:
    import vl_convert

    for folder in font_folders():
        vl_convert.register_font_directory(str(folder))
    return vl_convert


def _numbers(language: Language) -> dict[str, Any]:
    """d3's number locale."""
    return {
        "decimal": language.point,
        "thousands": SPACE,
        "grouping": [3],
        "currency": ["", ""],
        "minus": MINUS,
    }


@cache
def _months(code: str) -> dict[str, Any]:
    """d3's time locale, from the names that Babel knows."""
    from babel.dates import get_day_names, get_month_names, get_period_names

    def names(found: dict[int, str], first: int, count: int) -> list[str]:
        return [found[(first + step - 1) % 7 if count == 7 else first + step] for step in range(count)]

    periods = dict(get_period_names(locale=code))
    return {
        "dateTime": "%x, %X",
        "date": "%d.%m.%Y",
        "time": "%H:%M:%S",
        "periods": [periods.get("am", "AM"), periods.get("pm", "PM")],
        "days": names(get_day_names("wide", locale=code), 0, 7),
        "shortDays": names(get_day_names("abbreviated", locale=code), 0, 7),
        "months": names(get_month_names("wide", locale=code), 1, 12),
        "shortMonths": names(get_month_names("abbreviated", locale=code), 1, 12),
    }
