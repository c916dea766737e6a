# SPDX-License-Identifier: EUPL-1.2
"""What templates may use without loading it: icons, addresses that may not exist, figures, who sees what."""

from __future__ import annotations

import functools
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import lucide
from django import template
from django.forms import BoundField, CheckboxInput
from django.http import HttpRequest
from django.template.base import Parser, Token
from django.template.context import Context
from django.template.defaulttags import CsrfTokenNode
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from sprega.foundation.room import Task
from sprega.foundation.ui.addresses import address_of
from sprega.foundation.ui.figures import written
from sprega.foundation.ui.seen import mark

register = template.Library()
OPENED_FOR = "opened_for"
"""Field of every form: the organisation that the person acted for when it was drawn."""


class FormTokenNode(CsrfTokenNode):
    """Django's token, and for whom the form was opened: in another window one may have changed that since."""

    def render(self, context: Context) -> SafeString:
        drawn = super().render(context)
        organisation = getattr(getattr(context.get("request"), "actor", None), "organisation_id", None)
        if not drawn or organisation is None:
            return mark_safe(drawn)  # noqa: S308 - Django's own
        return format_html('{}<input type="hidden" name="{}" value="{}">', drawn, OPENED_FOR, organisation)


@register.tag
def csrf_token(parser: Parser, token: Token) -> FormTokenNode:
    """What every form that is posted begins with."""
    return FormTokenNode()


@register.simple_tag
def icon(name: str, label: str = "") -> SafeString:
    """A lucide icon: decoration, or with a label something that is read aloud."""
    if not label:
        return _drawn(name)
    return format_html('<span role="img" aria-label="{}">{}</span>', label, _drawn(name))


@functools.cache
def _drawn(name: str) -> SafeString:
    # the names are our own templates', never a reader's
    return mark_safe(lucide._render_icon(name + "", 18, **{"class": "icon", "aria-hidden": "true"}))  # noqa: S308


@register.simple_tag
def address(name: str, *args: Any) -> str:
    """The address of a page by its name, or nothing where no such page is installed."""
    if not args:
        return address_of(name)
    try:
        return reverse(name, args=args)
    except NoReverseMatch:
        return ""


@register.filter(name="quantity")
def quantity_filter(value: Any, unit: str = "") -> str:
    """A number in the reader's language with its unit: `{{ note.tonnes|quantity:"t" }}`."""
    return written(value, unit)


@register.simple_tag(name="quantity")
def quantity_tag(value: Any, unit: str = "", digits: int | None = None) -> str:
    """The same with a number of digits: `{% quantity price "EUR" digits=4 %}`."""
    return written(value, unit, digits)


@register.simple_tag
def seen(visibility: str, until: date | datetime | None = None, *, small: bool = False) -> SafeString:
    """Who can see it: icon and words, or `small` the icon alone with its words read aloud."""
    day = timezone.localtime(until).date() if isinstance(until, datetime) else until or None
    return mark(visibility, day, small=small)


@register.filter
def field_visibility(field: BoundField) -> str:
    """The class of a form's field, where the form's `visibility` names one."""
    return getattr(field.form, "visibility", {}).get(field.name, "")


@register.filter
def is_check(field: BoundField) -> bool:
    """Whether a field is one box to tick, whose label stands beside it."""
    return isinstance(field.field.widget, CheckboxInput)


@register.simple_tag
def field_target(field: BoundField) -> str:
    """The id to which a problem of a field links: its control, or the first of several."""
    return field.subwidgets[0].id_for_label if field.use_fieldset and field.subwidgets else field.auto_id


@register.filter
def is_late(task: Task) -> bool:
    """Whether a task should have been done by now."""
    return task.due_at is not None and task.due_at < timezone.now()


@register.simple_tag
def with_wish(request: HttpRequest, key: str, value: str) -> str:
    """This page's address with one more wish."""
    wishes = request.GET.copy()
    wishes[key] = value
    return f"?{wishes.urlencode()}"


@register.filter
def cell(value: Any) -> str:
    """A value of a chart's table: numbers and days as the reader writes them."""
    if isinstance(value, date):
        return date_format(value, "SHORT_DATE_FORMAT")
    return written(value) if isinstance(value, int | float | Decimal) else str(value)
