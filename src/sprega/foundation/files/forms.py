# SPDX-License-Identifier: EUPL-1.2
"""The forms of files, and the field by which any form takes one."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.core.files.base import File as Content
from django.utils.functional import lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from sprega.foundation.access.identity import Actor
from sprega.foundation.access.models import Group, Visibility
from sprega.foundation.files.actions import check_upload
from sprega.foundation.files.kinds import ACCEPT
from sprega.foundation.files.models import File
from sprega.foundation.files.queries import groups
from sprega.foundation.files.refusals import WHY
from sprega.foundation.files.sniff import sniff
from sprega.foundation.organisations.models import Organisation
from sprega.foundation.ui.seen import seen_as

OFFERED = (Visibility.ORGANISATION, Visibility.DESK, Visibility.CLUSTER, Visibility.PUBLIC)


def _hint() -> str:
    said = _("PDF, picture, document of Office or LibreOffice, CSV, text or XML; at most %(most)s MB.")
    return said % {"most": settings.FILES_LARGEST // 10**6}


class UploadField(forms.FileField):
    """A file to upload; what is wrong with it is told beside the field. `attach` keeps it."""

    default_error_messages = {"empty": WHY["empty"]}

    def __init__(self, **options: Any) -> None:
        given = {"label": gettext_lazy("File"), "help_text": lazy(_hint, str)(), **options}
        super().__init__(**given)
        self.widget.attrs.setdefault("accept", ACCEPT)

    def clean(self, data: Any, initial: Any = None) -> Content | None:
        """Look at the content too."""
        upload: Content | None = super().clean(data, initial)
        if upload:
            check_upload(upload)
            sniff(upload.file, upload.name or "")
        return upload


class SeenByField(forms.ChoiceField):
    """Who may see a file: a class, or one of the groups that the organisation takes part in."""

    def __init__(self, *, actor: Actor, **options: Any) -> None:
        self.groups = {f"group:{group.pk}": group for group in groups(viewer=actor)}
        named = _("Those taking part in %(group)s can see this, and nobody else.")
        super().__init__(
            label=gettext_lazy("Who may see it"),
            widget=forms.RadioSelect,
            choices=[
                *((one.value, f"{one.label.capitalize()}. {seen_as(one).more}") for one in OFFERED[:2]),
                *((key, named % {"group": group.name}) for key, group in self.groups.items()),
                *((one.value, f"{one.label.capitalize()}. {seen_as(one).more}") for one in OFFERED[2:]),
            ],
            **options,
        )

    def clean(self, value: Any) -> dict[str, str | Group | None]:
        """What the actions take."""
        chosen = super().clean(value)
        group = self.groups.get(chosen)
        return {"visibility": Visibility.GROUP if group else chosen, "group": group}


class DescribeForm(forms.Form):
    """Who may see a file, what is said of it, and the version that was on the screen."""

    description = forms.CharField(
        label=gettext_lazy("Description"),
        max_length=300,
        required=False,
        help_text=gettext_lazy("What a reader should know before opening it."),
    )
    version = forms.IntegerField(widget=forms.HiddenInput())

    def __init__(self, *args: Any, actor: Actor, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["seen_by"] = SeenByField(actor=actor, initial=Visibility.ORGANISATION.value)

    def told(self) -> dict[str, Any]:
        """What the actions take."""
        kept = dict(self.cleaned_data)
        return {**kept.pop("seen_by"), **kept}


class UploadForm(DescribeForm):
    """A new file."""

    upload = UploadField()
    version = None
    field_order = ["upload", "description", "seen_by"]


class LookForm(forms.Form):
    """Why the buying desk looks at a member's file."""

    reason = forms.CharField(
        label=gettext_lazy("Why you look"),
        max_length=300,
        help_text=gettext_lazy("The member reads this sentence beside your name."),
    )


class MemberForm(LookForm):
    """Which member's files the buying desk looks at, and why."""

    organisation = forms.ModelChoiceField(
        Organisation.objects.filter(standing=Organisation.Standing.MEMBER),
        label=gettext_lazy("Member"),
        empty_label=gettext_lazy("Choose a member"),
    )
    field_order = ["organisation", "reason"]


def chosen_class(file: File) -> str:
    """The value of `seen_by` for a file."""
    return f"group:{file.group_id}" if file.group_id else str(file.visibility)
