# SPDX-License-Identifier: EUPL-1.2
"""Invented content for the gallery: every component in all its states."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django import forms
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from sprega.foundation.access.models import Visibility
from sprega.foundation.charts.theme import COPPER, PATINA, SLATE
from sprega.foundation.ui.charts import Chart
from sprega.foundation.ui.components import Step, Tab
from sprega.foundation.ui.forms import DayInput, MomentInput, QuantityField
from sprega.foundation.ui.table import Choice, Column, Table

GOODS = (
    (lazy("Grinding balls"), "t", 1240, 1185, 912),
    (lazy("Lime"), "t", 18400, 98.4, 86.2),
    (lazy("Diesel"), "m³", 5210, 1012.5, 968),
    (lazy("Tyres"), lazy("pieces"), 64, 8420, 8055),
    (lazy("Work shoes"), lazy("pairs"), 3900, 41.9, 33.5),
)
TOWNS = ("Antovo", "Zlatna", "Mirena", "Panega", "Pirinsko", "Strelna", "Chavka", "Chelna")


class SampleForm(forms.Form):
    """One field of each kind."""

    name = forms.CharField(label=lazy("Name of the purchase"), max_length=80)
    quantity = QuantityField(
        label=lazy("Quantity a year"), unit="t", help_text=lazy("As in last year's invoices.")
    )
    price = QuantityField(label=lazy("Today's price, delivered"), unit="EUR/t")
    kind = forms.ChoiceField(
        label=lazy("Category"), choices=[("", ""), ("lime", lazy("Lime")), ("diesel", lazy("Diesel"))]
    )
    rule = forms.ChoiceField(
        label=lazy("How the saving is shared"),
        choices=[("contribution", lazy("By contribution")), ("price", lazy("Same price for all"))],
        widget=forms.RadioSelect,
        help_text=lazy("Agreed before the bids are opened."),
    )
    sites = forms.MultipleChoiceField(
        label=lazy("Places of delivery"),
        choices=[("north", lazy("North shaft")), ("mill", lazy("Mill"))],
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    day = forms.DateField(label=lazy("First delivery"), widget=DayInput)
    deadline = forms.DateTimeField(label=lazy("Answer by"), widget=MomentInput, required=False)
    reason = forms.CharField(label=lazy("What else matters"), widget=forms.Textarea, required=False)
    proof = forms.FileField(
        label=lazy("Proof that the contract can end"), required=False, help_text=lazy("PDF, at most 20 MB.")
    )
    agree = forms.BooleanField(label=lazy("I may say this for my organisation"))

    visibility = {"quantity": Visibility.DESK, "price": Visibility.SEALED, "reason": Visibility.CLUSTER}


def context(request: HttpRequest) -> dict[str, Any]:
    """What the gallery shows."""
    typed = {"name": "", "quantity": _("about twelve"), "price": "98,40", "kind": "lime", "sites": ["mill"]}
    wrong = SampleForm(typed, auto_id="id_wrong_%s")
    wrong.quiet = True  # a gallery opens at its top
    return {
        "visibilities": list(Visibility.values),
        "opening": date(2027, 3, 12),
        "number": Decimal("-12345.6"),
        "moment": datetime(2026, 11, 24, 14, 5, tzinfo=UTC),
        "steps": steps(),
        "tabs": [
            Tab(_("All"), "?", True, 22),
            Tab(_("Municipalities"), "?tab=town", False, 10),
            Tab(_("Groups"), "?tab=group"),
        ],
        "form": SampleForm(auto_id="id_new_%s"),
        "wrong": wrong,
        "table": towns(request),
        "nothing": Table(
            request,
            [],
            [Column("name", _("Name"))],
            name="nothing",
            empty=_("No purchases yet"),
            hint=_("Purchases in which your organisation takes part will be listed here."),
        ),
        "bars": saving(),
        "curve": load_curve(),
        "facts": [
            (_("Member since"), "2005", ""),
            (_("Holding"), _("none"), Visibility.PUBLIC),
            (_("Contract ends"), "31.12.2026", Visibility.ORGANISATION),
        ],
        "tones": [
            ("info", _("The request goes out on Thursday.")),
            ("success", _("Your answer has been kept.")),
            ("warning", _("Your representation ends in five days.")),
            ("error", _("The file is larger than 20 MB. Send a smaller one.")),
        ],
        "jobs": ["waiting", "running", "succeeded", "failed"],
    }


def steps() -> list[Step]:
    """A purchase in the middle of its way."""
    soon = timezone.now() + timedelta(days=16)
    return [
        Step(_("Agreement"), "done", _("all five members")),
        Step(_("Demand"), "done", _("five of five have answered")),
        Step(_("Sealed bids"), "now", _("Suppliers"), soon, url="#steps", button=_("See the request")),
        Step(_("Opening"), "later", _("three key holders")),
        Step(_("Award"), "later", _("award committee")),
        Step(_("Deliveries"), "later"),
    ]


def towns(request: HttpRequest) -> Table:
    """A wide table of a list."""
    rows = [
        {
            "name": f"{TOWNS[number % len(TOWNS)]} {1 + number // len(TOWNS)}",
            "kind": "town" if number % 3 else "group",
            "kind_name": _("municipality") if number % 3 else _("working group"),
            "tonnes": Decimal(number * 7919 % 10007) / 10,
            "price": Decimal(number * 104729 % 100003) / 100 if number % 5 else None,
            "since": date(2005, 10, 1) + timedelta(days=97 * number),
            "at": timezone.now() - timedelta(hours=31 * number),
            "seen": Visibility.DESK if number % 2 else Visibility.CLUSTER,
        }
        for number in range(60)
    ]
    return Table(
        request,
        rows,
        [
            Column("name", _("Name"), sort="name", link=lambda row: f"?q={row['name'].split()[0]}"),
            Column("kind", _("Kind"), value="kind_name", sort="kind"),
            Column(
                "tonnes",
                _("Quantity"),
                kind="number",
                unit="t",
                digits=1,
                sort="tonnes",
                seen=lambda row: row["seen"],
            ),
            Column("price", _("Today's price"), kind="number", unit="EUR/t", digits=2, sort="price"),
            Column("since", _("Member since"), kind="day", sort="since"),
            Column("at", _("Last seen"), kind="moment", sort="at"),
        ],
        caption=_("Places of delivery (illustrative figures)"),
        search=["name"],
        choices=[Choice("kind", _("Kind"), [("town", _("municipality")), ("group", _("working group"))])],
        per_page=10,
        export=_("Places of delivery"),
    )


def saving() -> Chart:
    """Bars of two series."""
    rows = [
        (str(name), quantity * before / 1000, quantity * after / 1000)
        for name, _unit, quantity, before, after in GOODS
    ]

    def build() -> dict[str, Any]:
        today, award = _("today's price"), _("awarded price")
        values = [
            {"good": name, "price": kind, "cost": cost}
            for name, before, after in rows
            for kind, cost in ((today, before), (award, after))
        ]
        return {
            "$schema": "https://vega.github.io/schema/vega-lite/v6.json",
            "data": {"values": values},
            "mark": {"type": "bar", "cornerRadiusEnd": 2},
            "height": {"step": 13},
            "encoding": {
                "y": {"field": "good", "type": "nominal", "title": None, "sort": None},
                "yOffset": {"field": "price", "sort": [today, award]},
                "x": {
                    "field": "cost",
                    "type": "quantitative",
                    "title": _("thousand EUR a year"),
                    "axis": {"tickCount": 5},
                },
                "color": {
                    "field": "price",
                    "type": "nominal",
                    "scale": {"domain": [today, award], "range": [SLATE, COPPER]},
                },
                "tooltip": [
                    {"field": "good", "title": _("goods")},
                    {"field": "cost", "format": ",.1f", "title": _("thousand EUR")},
                ],
            },
        }

    return Chart(
        "saving",
        _("Grinding balls bring the largest saving"),
        build,
        [_("Goods"), _("Today's price (thousand EUR)"), _("Awarded price (thousand EUR)")],
        rows,
        _("Cost a year in thousand EUR, illustrative figures"),
    )


def load_curve() -> Chart:
    """A curve over time with a threshold, made with Altair."""
    start = datetime(2026, 11, 23, tzinfo=UTC)
    rows = [
        (start + timedelta(hours=hour), 4.1 + (hour % 24 in range(7, 19)) * 1.3 + (hour * 37 % 11) / 10)
        for hour in range(48)
    ]

    def build() -> Any:
        import altair as alt

        data = alt.Data(values=[{"at": at.isoformat(), "power": power} for at, power in rows])
        line = (
            alt.Chart(data, height=180)
            .mark_line(color=PATINA, interpolate="step-after", strokeWidth=2)
            .encode(
                x=alt.X("at:T", title=None, axis=alt.Axis(format="%d %B", tickCount="day")),
                y=alt.Y("power:Q", title="MW"),
            )
        )
        rule = (
            alt.Chart(alt.Data(values=[{"power": 6}]))
            .mark_rule(color=COPPER, strokeDash=[4, 3])
            .encode(y="power:Q")
        )
        return line + rule

    return Chart(
        "load",
        _("The agreed 6 MW were passed in the daytime of both days"),
        build,
        [_("Hour"), "MW"],
        [(timezone.localtime(at).strftime("%d.%m. %H:%M"), power) for at, power in rows],
        _("Mean power of each hour in MW, illustrative figures"),
    )
