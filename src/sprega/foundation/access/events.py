# SPDX-License-Identifier: EUPL-1.2
"""How this app's events are told."""

from django.utils.translation import gettext_lazy as _

from sprega.foundation.access.models import Figure
from sprega.foundation.access.totals import name_of
from sprega.foundation.ledger.leaf import Json
from sprega.foundation.ledger.words import Names, Told, day, service, until


def total(names: Names, value: Json) -> str:
    """A total's name in words."""
    return name_of(str(value))


def state(names: Names, value: Json) -> str:
    """What was decided about a total."""
    return str(Figure.State(value).label) if value in Figure.State.values else str(value)


AREA = _("Looks, totals and agreements")
EVENTS = {
    "access.desk_looked": Told(_("The buying desk looked at figures of %(subject)s. Reason: %(reason)s")),
    "access.waiver_given": Told(
        _("%(subject)s agreed to a total even if it gives its figure away: %(total)s, until %(until)s."),
        {"total": total, "until": until},
    ),
    "access.waiver_withdrawn": Told(
        _("%(subject)s took back what it agreed to about a total: %(total)s."), {"total": total}
    ),
    "access.total_judged": Told(
        _("A total over members was judged: %(object)s. %(state)s"), {"object": total, "state": state}
    ),
    "access.rule_on_totals_set": Told(_("The cluster's rule on totals was changed.")),
    "access.totals_audited": Told(_("It was checked what all totals together could reveal.")),
    "access.service_ran": Told(
        _("An automatic service ran. What it does: %(service)s."), {"service": service}
    ),
    "access.group_made": Told(_("A group was made: %(name)s.")),
    "access.group_joined": Told(
        _("%(subject)s takes part in the group %(name)s from %(from)s until %(until)s."),
        {"from": day, "until": until},
    ),
    "access.group_left": Told(
        _("%(subject)s takes part in the group %(name)s until %(until)s only."), {"until": until}
    ),
}
