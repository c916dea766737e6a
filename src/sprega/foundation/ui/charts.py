# SPDX-License-Identifier: EUPL-1.2
"""A chart of a page: one specification, drawn by the browser, and by the server where no script runs."""

from __future__ import annotations

import gzip
import os
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.http import FileResponse, HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_safe

from sprega.foundation.charts.theme import COPPER, LIMESTONE, PATINA, SLATE, SLATE_LIGHT
from sprega.foundation.ui.figures import spoken

if TYPE_CHECKING:
    import altair
    from django.utils.functional import Promise

    Text = str | Promise

# In the page colours are the style sheet's, so that a chart follows the theme and prints on white.
INKS = {
    COPPER: "var(--series-1)",
    SLATE: "var(--series-2)",
    PATINA: "var(--series-3)",
    SLATE_LIGHT: "var(--series-4)",
    LIMESTONE: "var(--series-5)",
}
FONT = 'system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", sans-serif'
TEXT = 12
CONFIG: dict[str, Any] = {
    "background": None,
    "font": FONT,
    "view": {"stroke": None},
    "axis": {
        "domain": False,
        "ticks": False,
        "gridColor": "var(--line)",
        "labelColor": "var(--ink-soft)",
        "labelFontSize": TEXT,
        "labelPadding": 6,
        "labelLimit": 220,
        "titleColor": "var(--ink-soft)",
        "titleFontSize": TEXT,
        "titleFontWeight": "normal",
        "titlePadding": 8,
    },
    "legend": {
        "labelColor": "var(--ink)",
        "labelFontSize": TEXT,
        "title": None,
        "orient": "top",
        "direction": "horizontal",
        "offset": 6,
        "symbolSize": 60,
        "labelLimit": 240,
    },
    "header": {"labelColor": "var(--ink)", "titleColor": "var(--ink-soft)", "labelFontSize": TEXT},
    "text": {"color": "var(--ink)", "fontSize": TEXT},
    "rule": {"color": "var(--ink-soft)"},
    "range": {"category": [f"var(--series-{step})" for step in range(1, 6)]},
    "mark": {"color": "var(--series-1)"},
}
SEVERAL = ("hconcat", "vconcat", "concat", "facet", "repeat", "spec")
"""Charts of several views keep the widths that they name."""

DRAWN_WIDTH = 640


@dataclass(frozen=True)
class Chart:
    """A chart with the words and the table that say the same.

    Attributes
    ----------
    name : str
        Short, of letters: its id in the page, and in the address that the server draws.
    title : str
        States the finding: "Two thirds of the saving come from lime".
    build : callable
        Makes the Altair chart, or a Vega-Lite specification. Import altair inside it: it is slow.
    headings, rows : sequences
        The table behind it; numbers are written in the reader's language.
    note : str
        A line under the title: unit, period, source.
    """

    name: str
    title: Text
    build: Callable[[], altair.TopLevelMixin | dict[str, Any]]
    headings: Sequence[Text] = ()
    rows: Sequence[Sequence[Any]] = ()
    note: Text = ""

    @cached_property
    def specification(self) -> dict[str, Any]:
        """What Vega draws in the page: as wide as its place, in the page's colours."""
        from sprega.foundation.charts import locales, specified

        found = _inked(specified(self.build()))
        found["config"] = {**found.get("config", {}), **CONFIG}
        if not any(key in found for key in SEVERAL):
            found["width"] = "container"
        return {"spec": found, **locales(spoken())}

    @property
    def vega(self) -> str:
        """The address of Vega's script."""
        return bundle_address()

    def draw(self) -> str:
        """The server's drawing, an SVG."""
        from sprega.foundation.charts import draw, specified

        found = specified(self.build())
        if not any(key in found for key in SEVERAL):
            found.setdefault("width", DRAWN_WIDTH)
        return draw(found, spoken())


def drawn(request: HttpRequest, *charts: Chart) -> HttpResponse | None:
    """The drawing that `?chart=NAME` asks for, or nothing: then the page itself is meant.

    A chart is drawn by the page that shows it, so whoever may see the page may see the drawing, and nobody
    else; nothing is kept between the two.
    """
    asked = request.GET.get("chart")
    for chart in charts:
        if chart.name == asked:
            response = HttpResponse(chart.draw(), content_type="image/svg+xml")
            response.headers["Cache-Control"] = "private, max-age=60"
            return response
    return None


def _inked(value: Any) -> Any:
    """A specification with our colours exchanged for those of the style sheet."""
    match value:
        case dict():
            return {key: _inked(one) for key, one in value.items()}
        case list():
            return [_inked(one) for one in value]
        case str():
            return INKS.get(value, value)
    return value


@cache
def bundle_address() -> str:
    """Vega's address; it names the version, so that browsers may keep it for ever."""
    return reverse("ui:vega", args=[version("vl-convert-python")])


def bundle() -> Path:
    """Vega and all it needs as one compressed script, made once from what vl-convert carries.

    It is neither in git (0.9 MB, not ours) nor among the static files, which are listed at the start: it lies
    in the cluster's folder and is made where it is missing. A process of its own makes it: the JavaScript
    engine behind it would otherwise stay in the web server's memory.
    """
    path = settings.CLUSTER.folder / "cache" / f"vega-{version('vl-convert-python')}.js.gz"
    if not path.exists():
        path.parent.mkdir(mode=0o700, exist_ok=True)
        program = "import sys, vl_convert; sys.stdout.buffer.write(vl_convert.javascript_bundle().encode())"
        made = subprocess.run([sys.executable, "-c", program], capture_output=True, check=True)  # noqa: S603 our own
        fresh = path.with_suffix(f".{os.getpid()}")
        fresh.write_bytes(gzip.compress(made.stdout))
        fresh.replace(path)
    return path


@require_safe
def vega(request: HttpRequest, number: str) -> FileResponse:
    """Vega's script, the same for everybody."""
    response = FileResponse(bundle().open("rb"), content_type="text/javascript; charset=utf-8")
    response.headers["Content-Encoding"] = "gzip"
    response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
    return response
