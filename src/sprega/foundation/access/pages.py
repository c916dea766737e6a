# SPDX-License-Identifier: EUPL-1.2
"""Figures and who sees them: the rule on totals, the desk's looks, and what an organisation agreed to."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from sprega.engines.model import EngineError
from sprega.foundation.access import actions, queries
from sprega.foundation.access.forms import RuleForm, WaiverForm
from sprega.foundation.access.models import Figure, Look, Waiver
from sprega.foundation.access.rule import set_rule, told_rule
from sprega.foundation.access.totals import meaning_of, name_of
from sprega.foundation.accounts.second_factor import confidential
from sprega.foundation.language import Language
from sprega.foundation.organisations.forms import end_of
from sprega.foundation.organisations.models import Representation
from sprega.foundation.ui.components import Tab
from sprega.foundation.ui.figures import written
from sprega.foundation.ui.forms import show_version
from sprega.foundation.ui.table import Column, Table

Role = Representation.Role


@confidential
def totals(request: HttpRequest) -> HttpResponse:
    """The rule on totals in plain words, and the totals that the reader may see."""
    rule = told_rule(viewer=request.actor)
    columns = [
        Column("total", _("Total"), lambda figure: name_of(figure.subject), seen=lambda one: one.visibility),
        Column("figure", _("Figure"), _figure),
        Column("state", _("Why so"), "reason"),
        Column("shown", _("Shown since"), "shown_at", kind="day", sort="shown_at"),
    ]
    table = Table(
        request,
        queries.figures(),
        columns,
        empty=_("No total has been judged yet"),
        hint=_(
            "As soon as members state figures that are added up, each sum stands here, or why it does not."
        ),
    )
    return _page(request, "access/totals.html", "access:totals", table=table, rule=rule)


@login_required
def rule(request: HttpRequest) -> HttpResponse:
    """Change the rule; whoever was slower is told, and sees how it stands now."""
    request.actor.require(Role.OFFICE)
    kept = told_rule(viewer=request.actor)
    form = RuleForm(request.POST or None, kept=kept)
    if request.method == "POST" and form.is_valid():
        told = form.cleaned_data
        percent = told.pop("percent")
        try:
            set_rule(actor=request.actor, percent=None if percent is None else float(percent), **told)
        except EngineError as error:
            form.add_error(None, Language(request.LANGUAGE_CODE).say(error.sentence))
        except ValidationError as error:
            form.add_error(None, error.messages)
            show_version(form, kept.version)
        else:
            messages.success(request, _("The rule is set. It judges every total from now on."))
            return redirect("access:totals")
    return render(request, "access/rule.html", {"form": form, "rule": kept})


@login_required
def looks(request: HttpRequest) -> HttpResponse:
    """Who of the buying desk looked at the organisation's figures, when and why."""
    request.actor.require_organisation()
    columns = [
        Column("when", _("When"), "at", kind="moment", sort="at"),
        Column("person", _("Who"), sort="person__name"),
        Column("reason", _("Reason")),
        Column("event", _("Event"), lambda look: _("With proof") if look.event_id else "", link=_event),
    ]
    table = Table(
        request,
        queries.looks(viewer=request.actor),
        columns,
        search=["reason", "person__name"],
        export=_("looks"),
        empty=_("The buying desk has not looked at your figures"),
        hint=_("Each look will stand here with its reason. Nobody else of the cluster can look at them."),
    )
    if table.wants_export:
        from sprega.foundation.ui.export import workbook

        return workbook(table)
    return _page(request, "access/looks.html", "access:looks", table=table)


@login_required
def waivers(request: HttpRequest) -> HttpResponse:
    """What the organisation agreed to; its head withdraws."""
    request.actor.require_organisation()
    head = request.actor.has(Role.LEAD)
    columns = [
        Column("total", _("Total"), lambda waiver: name_of(waiver.subject), sort="subject"),
        Column("words", _("What you agreed to")),
        Column("by", _("Given by"), "given_by"),
        Column("given", _("Given"), "given_at", kind="day", sort="given_at"),
        Column("state", _("State"), lambda waiver: waiver.state),
    ]
    if head:
        columns.append(Column("withdraw", _("Action"), _offer, link=_withdraw_address))
    table = Table(
        request,
        queries.waivers(viewer=request.actor),
        columns,
        empty=_("You agreed to nothing"),
        hint=_(
            "A total that would give your organisation away is not shown. Only its head can agree that it "
            "is shown all the same; what was agreed to stands here."
        ),
    )
    return _page(request, "access/waivers.html", "access:waivers", table=table, head=head)


@login_required
def waive(request: HttpRequest) -> HttpResponse:
    """Agree to one total."""
    request.actor.require(Role.LEAD)
    open_ones = queries.totals_to_agree(viewer=request.actor)
    named = [(one, " \u2013 ".join(filter(None, (name_of(one), meaning_of(one))))) for one in open_ones]
    form = WaiverForm(request.POST or None, totals=named)
    if request.method == "POST" and form.is_valid():
        total, last = form.cleaned_data["total"], form.cleaned_data["last_day"]
        ends_at = end_of(last) if last else None
        actions.give_waiver(actor=request.actor, subject=total, words=actions.agreed(total), ends_at=ends_at)
        messages.success(request, _("You agreed. You can withdraw it at any time."))
        return redirect("access:waivers")
    return render(request, "access/waive.html", {"form": form, "totals": named})


@login_required
def withdraw(request: HttpRequest, waiver: int) -> HttpResponse:
    """Ask, then withdraw."""
    request.actor.require(Role.LEAD)
    kept = get_object_or_404(queries.waivers(viewer=request.actor), pk=waiver)
    if request.method == "POST":
        actions.withdraw_waiver(actor=request.actor, waiver=kept.pk)
        messages.success(request, _("It is withdrawn. What was shown before stays known."))
        return redirect("access:waivers")
    facts = [(_("Total"), name_of(kept.subject)), (_("What you agreed to"), kept.words)]
    return render(request, "access/withdraw.html", {"waiver": kept, "facts": facts})


def _page(request: HttpRequest, template: str, here: str, **context: object) -> HttpResponse:
    tabs = [
        Tab(label, reverse(name), name == here)
        for name, label in (
            ("access:totals", _("Totals and the rule")),
            ("access:looks", _("Who looked at our figures")),
            ("access:waivers", _("What we agreed to")),
        )
        if request.actor.inside or name != "access:totals"
    ]
    return render(request, template, {**context, "tabs": tabs, "office": request.actor.has(Role.OFFICE)})


def _figure(figure: Figure) -> str:
    """The figure with its unit, a band, or nothing."""
    if figure.low is None:
        return "\u2013"
    if figure.low == figure.high:
        return written(figure.low, figure.unit)
    ends = {"low": written(figure.low), "high": written(figure.high, figure.unit)}
    return _("between %(low)s and %(high)s") % ends


def _event(look: Look) -> str:
    return reverse("ledger:event", args=[look.event_id]) if look.event_id else ""


def _offer(waiver: Waiver) -> str:
    return _("Withdraw") if waiver.holds() else ""


def _withdraw_address(waiver: Waiver) -> str:
    return reverse("access:withdraw", args=[waiver.pk]) if waiver.holds() else ""
