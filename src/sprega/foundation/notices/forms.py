# SPDX-License-Identifier: EUPL-1.2
"""How a person wants notices by mail."""

from __future__ import annotations

from django import forms

from sprega.foundation.notices.models import NoticeChoice


class ChoiceForm(forms.ModelForm):
    """One choice of three."""

    class Meta:
        model = NoticeChoice
        fields = ["by_mail"]
        widgets = {"by_mail": forms.RadioSelect}
