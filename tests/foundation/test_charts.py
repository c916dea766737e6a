# SPDX-License-Identifier: EUPL-1.2
"""Charts speak the reader's language and need nothing from outside."""

import altair as alt

from sprega.foundation.charts import draw
from sprega.foundation.language import Language


def chart() -> alt.Chart:
    rows = [{"name": "#x *b*", "value": -12345.5}, {"name": "й", "value": 20000.25}]
    return (
        alt.Chart(alt.Data(values=rows))
        .mark_bar()
        .encode(x=alt.X("value:Q", axis=alt.Axis(format=",.1f", values=[-12345.5])), y="name:N")
    )


def test_numbers_in_the_readers_language() -> None:
    assert "−12\xa0345,5" in draw(chart(), Language("bg"))
    assert "−12\xa0345.5" in draw(chart(), Language("en"))


def test_months_in_the_readers_language() -> None:
    rows = [{"day": "2026-03-12", "value": 1}]
    months = (
        alt.Chart(alt.Data(values=rows))
        .mark_point()
        .encode(x=alt.X("day:T", axis=alt.Axis(format="%B")), y="value:Q")
    )
    assert "март" in draw(months, Language("bg"))


def test_our_font_and_names_as_text() -> None:
    svg = draw(chart(), Language("en"))
    assert "Fira Sans" in svg
    assert "#x *b*" in svg
    assert "http://" not in svg.replace("http://www.w3.org", "")
