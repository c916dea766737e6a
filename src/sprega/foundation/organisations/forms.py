# SPDX-License-Identifier: EUPL-1.2
"""The forms by which the office gives and ends representations."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any

from django import forms
from django.contrib.auth import get_user_model
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from sprega.foundation.organisations.models import Organisation, Representation
from sprega.foundation.ui.forms import DayInput


class GiveForm(forms.Form):
    """Who acts for whom, in which role, from when to when."""

    email = forms.EmailField(
        label=_("E-mail address of the person"),
        help_text=_("The person must have an account. Invite whoever has none yet."),
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
    )
    organisation = forms.ModelChoiceField(
        Organisation.objects.all(), label=_("Organisation"), empty_label=_("Choose an organisation")
    )
    role = forms.ChoiceField(
        label=_("Role"),
        choices=[("", _("Choose a role")), *Representation.Role.choices],
        help_text=_("Buying desk, key holder and board hold once a board member has confirmed them."),
    )
    first_day = forms.DateField(
        label=_("First day"), help_text=_("Empty: from now on."), required=False, widget=DayInput()
    )
    last_day = forms.DateField(
        label=_("Last day"), help_text=_("Empty: until it is ended."), required=False, widget=DayInput()
    )

    def clean_email(self) -> str:
        """Find the person; the whole person is what the action takes."""
        person = get_user_model().objects.filter(email__iexact=self.cleaned_data["email"].strip()).first()
        if person is None:
            raise forms.ValidationError(
                _("Nobody with this address has an account. Check it, or invite the person."), code="unknown"
            )
        self.person = person
        return self.cleaned_data["email"]

    def clean(self) -> dict[str, Any]:
        """The last day must not come before the first."""
        told = super().clean() or self.cleaned_data
        first, last = told.get("first_day"), told.get("last_day")
        if last and last < (first or timezone.localdate()):
            self.add_error("last_day", _("The last day must not come before the first."))
        return told

    def representation(self) -> dict[str, Any]:
        """What the action takes."""
        told = self.cleaned_data
        return {
            "person": self.person,
            "organisation": told["organisation"],
            "role": told["role"],
            "starts_at": start_of(told["first_day"]) if told["first_day"] else None,
            "ends_at": end_of(told["last_day"]) if told["last_day"] else None,
        }

    def proposal(self) -> dict[str, Any]:
        """What the action takes where the board has to confirm: it holds from then on."""
        told = self.representation()
        del told["starts_at"]
        return told


class EndForm(forms.Form):
    """When a representation ends; `version` is that of the row shown."""

    last_day = forms.DateField(
        label=_("Last day"), help_text=_("Empty: it ends at once."), required=False, widget=DayInput()
    )
    version = forms.IntegerField(widget=forms.HiddenInput())

    def clean_last_day(self) -> date | None:
        """A day that is over cannot be the last."""
        last: date | None = self.cleaned_data["last_day"]
        if last and last < timezone.localdate():
            raise forms.ValidationError(_("Choose today or a day to come, or leave it empty."))
        return last

    @property
    def ends_at(self) -> datetime | None:
        """The end of the last day, or none for at once."""
        last = self.cleaned_data["last_day"]
        return end_of(last) if last else None


def start_of(day: date) -> datetime:
    """The first moment of a day, as the cluster's clocks show it."""
    return timezone.make_aware(datetime.combine(day, time.min))


def end_of(day: date) -> datetime:
    """The first moment that is no longer of the day."""
    return start_of(day + timedelta(days=1))
