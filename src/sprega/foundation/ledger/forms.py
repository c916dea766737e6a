# SPDX-License-Identifier: EUPL-1.2
"""Which events a person wants to see."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from sprega.foundation.ledger.words import areas
from sprega.foundation.organisations.forms import end_of, start_of
from sprega.foundation.ui.forms import DayInput


class WhichForm(forms.Form):
    """What the events are about, and of which days; everything by default."""

    area = forms.ChoiceField(label=_("About"), required=False)
    first_day = forms.DateField(label=_("From"), required=False, widget=DayInput())
    last_day = forms.DateField(label=_("Until"), required=False, widget=DayInput())

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["area"].choices = [("", _("everything")), *areas().items()]

    def wanted(self) -> dict[str, str | datetime | None]:
        """What the query takes; nothing of a field that is wrong."""
        told = self.cleaned_data if self.is_valid() else {}
        first, last = told.get("first_day"), told.get("last_day")
        return {
            "area": told.get("area", ""),
            "since": start_of(first) if first else None,
            "before": end_of(last) if last else None,
        }
