# SPDX-License-Identifier: EUPL-1.2
"""What a person says of a new token."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from uuid import uuid4

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from sprega.foundation.access.identity import Actor
from sprega.foundation.api.actions import LONGEST, USUAL_DAYS
from sprega.foundation.api.models import Token
from sprega.foundation.api.rooms import titles
from sprega.foundation.organisations.forms import end_of
from sprega.foundation.organisations.models import Organisation, Representation
from sprega.foundation.ui.forms import DayInput


class TokenForm(forms.Form):
    """Name, organisation, what it may do, until when."""

    number = forms.UUIDField(widget=forms.HiddenInput())
    name = forms.CharField(
        label=_("Name"),
        max_length=80,
        help_text=_("The program that will use it, so that you know it again."),
    )
    organisation = forms.ModelChoiceField(
        Organisation.objects.none(), label=_("It acts for"), empty_label=None
    )
    scope = forms.ChoiceField(
        label=_("It may"), choices=Token.Scope, initial=Token.Scope.READ, widget=forms.RadioSelect
    )
    rooms = forms.MultipleChoiceField(
        label=_("Only in these rooms"),
        required=False,
        help_text=_("With none chosen it may enter all."),
        widget=forms.CheckboxSelectMultiple,
    )
    last_day = forms.DateField(
        label=_("Last day"), help_text=_("At most a year from now."), widget=DayInput()
    )

    def __init__(self, *args: Any, actor: Actor, **options: Any) -> None:
        start = {
            "number": uuid4(),
            "organisation": actor.organisation_id,
            "last_day": timezone.localdate() + timedelta(days=USUAL_DAYS),
        }
        super().__init__(*args, initial=start, **options)
        mine = Representation.objects.in_force().filter(person=actor.person_id).values("organisation")
        self.fields["organisation"].queryset = Organisation.objects.filter(pk__in=mine)
        self.fields["rooms"].choices = titles()
        if not self.fields["rooms"].choices:
            del self.fields["rooms"]

    def clean_last_day(self) -> date:
        """From today to a year from now."""
        last: date = self.cleaned_data["last_day"]
        if not timezone.localdate() <= last < timezone.localdate() + LONGEST:
            raise forms.ValidationError(_("Choose a day from today to a year from now."))
        return last

    def token(self) -> dict[str, Any]:
        """What the action takes."""
        told = dict(self.cleaned_data)
        last = told.pop("last_day")
        return {**told, "expires_at": end_of(last)}
