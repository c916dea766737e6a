# SPDX-License-Identifier: EUPL-1.2
"""How forms are drawn, and the fields that the browser or the reader's language writes differently."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.forms.renderers import TemplatesSetting
from django.utils.translation import gettext_lazy as _

from sprega.foundation.ui.figures import read, spoken


class Renderer(TemplatesSetting):
    """Every form of the house in the house's look."""

    form_template_name = "ui/components/form_fields.html"
    field_template_name = "ui/components/field.html"


class DayInput(forms.DateInput):
    """The browser's own calendar."""

    input_type = "date"

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs, format="%Y-%m-%d")


class MomentInput(forms.DateTimeInput):
    """The browser's own calendar and clock."""

    input_type = "datetime-local"

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs, format="%Y-%m-%dT%H:%M")


class QuantityInput(forms.TextInput):
    """A number typed as the reader writes it; what cannot be read stays as it was typed."""

    def format_value(self, value: Any) -> str | None:
        return spoken().number(value) if isinstance(value, int | float | Decimal) else value


class QuantityField(forms.DecimalField):
    """A number with its unit beside it: 12 345,6 and 12345.6 are the same."""

    widget = QuantityInput
    default_error_messages = {"invalid": _("Type a number, such as %(example)s.")}

    def __init__(self, *, unit: str = "", **options: Any) -> None:
        self.unit = unit
        super().__init__(**options)
        self.widget.attrs.setdefault("inputmode", "decimal")
        self.widget.attrs.setdefault("autocomplete", "off")
        self.widget.attrs.setdefault("class", "quantity")

    def to_python(self, value: Any) -> Decimal | None:
        if not isinstance(value, str):
            return super().to_python(value)
        if not value.strip():
            return None
        number = read(value)
        if number is None:
            example = spoken().number(1234.5)
            raise ValidationError(self.error_messages["invalid"], "invalid", {"example": example})
        return number


def show_version(form: forms.Form, version: int) -> None:
    """Let the next submit speak of the version that is shown now; what was typed stays."""
    form.data = form.data.copy()
    form.data["version"] = version
