# SPDX-License-Identifier: EUPL-1.2
"""What this app keeps about a person: files that are theirs alone, and those they brought somewhere."""

from __future__ import annotations

from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from sprega.foundation.access.identity import Actor
from sprega.foundation.access.services import acting_as
from sprega.foundation.files.actions import remove_bytes
from sprega.foundation.files.models import File
from sprega.foundation.files.services import STOREKEEPER
from sprega.foundation.organisations.models import Representation
from sprega.foundation.room import Basis, PersonalData


def collect(person: int) -> list[dict[str, object]]:
    """Names of files; those brought to an organisation that the person has left are its own matter."""
    still = Representation.objects.in_force().filter(person=person, organisation=OuterRef("organisation"))
    with acting_as(STOREKEEPER, actor=Actor(person)):
        mine = File.objects.filter(Q(person=person) | Q(uploaded_by=person) & Exists(still))
        return [
            {
                _("File"): one.name,
                _("Organisation"): str(one.organisation),
                _("When"): one.uploaded_at,
                _("Only yours"): _("yes") if one.person_id == person else _("no"),
            }
            for one in mine.select_related("organisation")
        ]


def erase(person: int) -> int:
    """Delete the person's own files: their rows, and once that is certain their bytes."""
    with acting_as(STOREKEEPER, actor=Actor(person)):
        mine = File.objects.filter(person=person)
        places = list(mine.values_list("place", flat=True))
        gone = mine.delete()[0]
    transaction.on_commit(lambda: remove_bytes(places), robust=True)
    return gone


PERSONAL_DATA = (
    PersonalData(
        name="files",
        label=gettext_lazy("Files of yours, and those that you brought to an organisation"),
        purpose=gettext_lazy("So that a file is found, and one knows who brought it."),
        basis=Basis.INTEREST,
        kept_for=gettext_lazy("until they are deleted; those made for you alone expire by themselves"),
        tables=("files_file",),
        collect=collect,
        erase=erase,
        stays=gettext_lazy("Files that you brought to an organisation: they are its own, without your name."),
    ),
)
