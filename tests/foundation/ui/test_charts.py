"""Charts: one specification in two inks, drawn for whoever may see the page."""

from __future__ import annotations

import gzip
import subprocess
import sys
from typing import Any

import pytest
from django.test import Client, RequestFactory

from sprega.foundation.ui.charts import Chart, drawn


def build() -> dict[str, Any]:
    return {
        "data": {"values": [{"a": "x", "b": 12345.5}]},
        "mark": {"type": "bar", "color": "#a9551f"},
        "encoding": {"x": {"field": "b", "type": "quantitative"}, "y": {"field": "a", "type": "nominal"}},
    }


CHART = Chart("cost", "It costs most", build, ["a", "b"], [("x", 12345.5)])


def test_page_takes_the_colours_of_the_sheet() -> None:
    spec = CHART.specification["spec"]
    assert spec["mark"]["color"] == "var(--series-1)"
    assert spec["width"] == "container"
    assert build()["mark"]["color"] == "#a9551f"


def test_server_draws_the_chart_that_is_asked_for() -> None:
    assert drawn(RequestFactory().get("/"), CHART) is None
    assert drawn(RequestFactory().get("/?chart=other"), CHART) is None
    answer = drawn(RequestFactory().get("/?chart=cost"), CHART)
    assert answer is not None
    assert answer["Content-Type"] == "image/svg+xml"
    assert b"#a9551f" in answer.content


@pytest.mark.django_db
@pytest.mark.usefixtures("practice")
def test_page_without_scripts_shows_the_drawing(client: Client) -> None:
    page = client.get("/gallery").content.decode()
    assert '<noscript><img src="?chart=saving"' in page
    answer = client.get("/gallery?chart=saving")
    assert answer["Content-Type"] == "image/svg+xml"


@pytest.mark.django_db
def test_vega_is_served_for_ever(client: Client) -> None:
    answer = client.get(CHART.vega)
    assert "immutable" in answer["Cache-Control"]
    script = gzip.decompress(b"".join(answer.streaming_content))
    assert b"vegaEmbed" in script


def test_web_starts_without_the_slow_libraries() -> None:
    slow = ("altair", "vl_convert", "xlsxwriter", "scipy", "highspy")
    program = f"""
import os, sys
os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"
import django
django.setup()
from django.urls import get_resolver
get_resolver().url_patterns
print([name for name in {slow} if name in sys.modules])
"""
    run = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "[]"
