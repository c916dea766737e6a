# SPDX-License-Identifier: EUPL-1.2
"""The form by which an account is erased."""

from django import forms
from django.utils.translation import gettext_lazy as _


class EraseForm(forms.Form):
    """The own e-mail address, typed so that nobody erases an account by a slip."""

    confirmed = forms.CharField(
        label=_("Your e-mail address"),
        help_text=_("Type it to say that you mean it."),
        max_length=254,
        widget=forms.TextInput(attrs={"autocomplete": "off", "inputmode": "email", "spellcheck": "false"}),
    )
