# SPDX-License-Identifier: EUPL-1.2
"""Agreeing to a total, and setting the rule on totals."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from sprega.foundation.access.rule import ToldRule
from sprega.foundation.ui.forms import DayInput, QuantityField


class WaiverForm(forms.Form):
    """One total, until when, and the express consent."""

    total = forms.ChoiceField(label=_("Which total"), widget=forms.RadioSelect)
    last_day = forms.DateField(
        label=_("Last day"), help_text=_("Empty: until you withdraw it."), required=False, widget=DayInput()
    )
    agreed = forms.BooleanField(
        label=_("I have read what it means, and agree to it for my organisation."),
        error_messages={"required": _("Tick the box if you agree. Otherwise cancel.")},
    )

    def __init__(self, *args: Any, totals: list[tuple[str, str]], **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["total"].choices = totals

    def clean_last_day(self) -> date | None:
        """A day that is over cannot be the last."""
        last: date | None = self.cleaned_data["last_day"]
        if last and last < timezone.localdate():
            raise forms.ValidationError(_("Choose today or a day to come, or leave it empty."))
        return last


class RuleForm(forms.Form):
    """The parameters of the rule; the percentage is written and never shown."""

    threshold = forms.IntegerField(
        label=_("Independent holdings behind a total, at least"), min_value=3, max_value=100
    )
    statistics_threshold = forms.IntegerField(
        label=_("Independent holdings behind a median or the like, at least"), min_value=5, max_value=100
    )
    colluding = forms.IntegerField(
        label=_("Holdings that may pool what they know"),
        help_text=_("One: each reckons alone. Two: fewer totals are shown."),
        min_value=1,
        max_value=10,
    )
    percent = QuantityField(
        label=_("How near nobody may come to another's figure"),
        help_text=_("Empty: it stays as it is. It is secret, so it is not shown to you either."),
        unit="%",
        required=False,
        min_value=5,
        max_value=100,
    )
    version = forms.IntegerField(widget=forms.HiddenInput())

    def __init__(self, *args: Any, kept: ToldRule, **options: Any) -> None:
        super().__init__(*args, initial=kept._asdict(), **options)
        self.fields["percent"].widget.attrs["autocomplete"] = "off"
