# SPDX-License-Identifier: EUPL-1.2
"""The forms of signing in, inviting, accepting and the own profile."""

from __future__ import annotations

from typing import Any

from allauth.account.forms import AddEmailForm, LoginForm, ResetPasswordForm
from django import forms
from django.conf import settings
from django.contrib.auth.password_validation import password_validators_help_text_html, validate_password
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from sprega.foundation.access.identity import Actor
from sprega.foundation.accounts.models import Person
from sprega.foundation.organisations.models import Organisation, Representation

Role = Representation.Role


class SignInForm(LoginForm):
    """Address and password, with labels instead of placeholders."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        address, password, remember = (self.fields[name] for name in ("login", "password", "remember"))
        address.label, password.label = _("E-mail address"), _("Password")
        address.widget.attrs["autocomplete"] = "username"
        remember.label = _("Stay signed in on this device")
        password.help_text = ""
        for field in (address, password):
            field.widget.attrs.pop("placeholder", None)


class ForgottenForm(ResetPasswordForm):
    """The address, called as everywhere."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        _name_address(self.fields["email"])


class NewAddressForm(AddEmailForm):
    """The new address, called as everywhere."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        _name_address(self.fields["email"])


def _name_address(field: forms.Field) -> None:
    field.label = _("E-mail address")
    field.widget.attrs.pop("placeholder", None)


class InviteForm(forms.Form):
    """Whom to invite; a head of an organisation has no choice of organisation and of the cluster's roles."""

    organisation = forms.ModelChoiceField(
        Organisation.objects.all(), label=_("Organisation"), empty_label=_("Choose an organisation")
    )
    email = forms.EmailField(label=_("E-mail address"), max_length=254)
    role = forms.ChoiceField(label=_("Role"))
    language = forms.ChoiceField(label=_("Language of the letter"), choices=settings.LANGUAGES)

    def __init__(self, *args: Any, actor: Actor, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["email"].widget.attrs["autocomplete"] = "off"
        office = actor.has(Role.OFFICE)
        self.fields["role"].choices = [
            ("", _("Choose a role")),
            *(
                (role.value, role.label)
                for role in Role
                if office or role not in Representation.OF_THE_CLUSTER
            ),
        ]
        if not office:
            del self.fields["organisation"]


class AcceptForm(forms.Form):
    """What somebody new tells about themselves."""

    name = forms.CharField(
        label=_("Your name"),
        help_text=_("As others in the cluster will see it."),
        max_length=120,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    password = forms.CharField(
        label=_("Password"),
        strip=False,
        max_length=200,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    language = forms.ChoiceField(label=_("Language"), choices=settings.LANGUAGES)

    def __init__(self, *args: Any, email: str, **options: Any) -> None:
        super().__init__(*args, **options)
        self.email = email
        self.fields["password"].help_text = password_validators_help_text_html()

    def clean(self) -> dict[str, Any]:
        """Judge the password beside the name and the address, which it must not resemble."""
        told = super().clean() or self.cleaned_data
        if password := told.get("password"):
            try:
                validate_password(password, Person(email=self.email, name=told.get("name", "")))
            except ValidationError as error:
                self.add_error("password", error)
        return told


class ProfileForm(forms.ModelForm):
    """Name, language and theme."""

    language = forms.ChoiceField(label=_("Language"), choices=settings.LANGUAGES)

    class Meta:
        model = Person
        fields = ("name", "language", "theme")
        widgets = {"name": forms.TextInput(attrs={"autocomplete": "name"})}
