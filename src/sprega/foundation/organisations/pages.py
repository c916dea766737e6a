# SPDX-License-Identifier: EUPL-1.2
"""Who acts for whom: all of the cluster for the office, the own colleagues for everybody else inside."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from sprega.foundation.organisations import actions, proposals, queries
from sprega.foundation.organisations.forms import EndForm, GiveForm
from sprega.foundation.organisations.models import Representation
from sprega.foundation.ui.forms import show_version
from sprega.foundation.ui.table import Choice, Column, Table

Role = Representation.Role


@login_required
def people(request: HttpRequest) -> HttpResponse:
    """Persons and what they may do, now and in time to come."""
    request.actor.require_organisation()
    office = request.actor.has(Role.OFFICE)
    columns = [
        Column("person", _("Person"), sort="person__name"),
        Column("email", _("Address"), "person.email", sort="person__email"),
        Column("organisation", _("Organisation"), sort="organisation__name"),
        Column("role", _("Role"), lambda row: row.get_role_display(), sort="role"),
        Column("from", _("From"), "starts_at", kind="day", sort="starts_at"),
        Column("until", _("Until"), queries.last_moment, kind="day", sort="ends_at"),
    ]
    if not office:
        columns = [column for column in columns if column.key != "organisation"]
    elif "export" not in request.GET:
        columns.append(Column("end", _("Action"), lambda _row: _("End"), link=_end_address))
    table = Table(
        request,
        queries.representations(viewer=request.actor),
        columns,
        search=["person__name", "person__email", "organisation__name", "organisation__name_bg"],
        choices=[Choice("role", _("Role"), Role.choices)],
        export=_("people") if office else "",
    )
    return _shown(request, table)


def _shown(request: HttpRequest, table: Table) -> HttpResponse:
    if table.wants_export:
        from sprega.foundation.ui.export import workbook

        return workbook(table)
    context = {
        "table": table,
        "office": request.actor.has(Role.OFFICE),
        "proposals": request.actor.has(Role.OFFICE, Role.BOARD),
        "may_invite": request.actor.has(Role.OFFICE, Role.LEAD),
    }
    return render(request, "organisations/people.html", context)


@login_required
def give(request: HttpRequest) -> HttpResponse:
    """Give a representation."""
    request.actor.require(Role.OFFICE)
    form = GiveForm(request.POST or None, initial={"organisation": request.GET.get("organisation")})
    if request.method == "POST" and form.is_valid():
        try:
            if form.cleaned_data["role"] in Representation.TWO_PAIRS_OF_EYES:
                proposals.propose_representation(actor=request.actor, **form.proposal())
                messages.success(request, _("It is proposed. A board member has to confirm it."))
                return redirect("organisations:proposals")
            given = actions.give_representation(actor=request.actor, **form.representation())
        except ValidationError as error:
            form.add_error(None, error.messages)
        else:
            said = _("%(person)s acts for %(organisation)s.")
            messages.success(request, said % {"person": given.person, "organisation": given.organisation})
            return redirect("organisations:people")
    return render(request, "organisations/give.html", {"form": form})


@login_required
def end(request: HttpRequest, representation: int) -> HttpResponse:
    """End a representation at once or with a day."""
    request.actor.require(Role.OFFICE)
    seen = Representation.objects.select_related("person", "organisation")
    kept = get_object_or_404(seen, pk=representation)
    form = EndForm(request.POST or None, initial={"version": kept.version})
    if request.method == "POST" and form.is_valid():
        try:
            version = form.cleaned_data["version"]
            actions.end_representation(
                actor=request.actor, representation=kept.pk, version=version, ends_at=form.ends_at
            )
        except ValidationError as error:
            form.add_error(None, error.messages)
            show_version(form, kept.version)
        else:
            messages.success(request, _("The representation ends as you chose."))
            return redirect("organisations:people")
    facts = [
        (_("Person"), f"{kept.person} ({kept.person.email})"),
        (_("Organisation"), kept.organisation),
        (_("Role"), kept.get_role_display()),
    ]
    over = not kept.holds() and kept.starts_at < timezone.now()
    return render(
        request, "organisations/end.html", {"form": form, "kept": kept, "facts": facts, "over": over}
    )


def _end_address(representation: Representation) -> str:
    return reverse("organisations:end", args=[representation.pk])
