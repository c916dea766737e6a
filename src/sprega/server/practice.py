# SPDX-License-Identifier: EUPL-1.2
"""The practice cluster: fictional members, and people as whom a visitor may look around."""

from __future__ import annotations

import json
import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sprega.server.cluster import Cluster
from sprega.server.founding import Listed, found, give
from sprega.server.whole_file import write_json

if TYPE_CHECKING:
    from sprega.foundation.organisations.models import Organisation

NAME = "practice"
TITLE = {"en": "Practice cluster Mednograd", "bg": "Учебен клъстер Медноград"}
PORT = 8001
CLUSTER = "cluster"
TOWN = Listed("mednograd", "Municipality of Mednograd", "Община Медноград", "municipality")
"""The practice purchase has no municipality, since companies and municipalities never share one."""
NOTARY = Listed("nine-seals", "Nine Seals Notary", "Нотариус „Деветте печата“", "other", standing="partner")


@dataclass(frozen=True)
class Invented:
    """Somebody of the practice cluster: whom they act for (`cluster`, a slug or nobody) in which role."""

    practice_role: str
    name: str
    acts_for: str = ""
    role: str = ""


PEOPLE = (
    Invented("office", "Ognyana Redova", CLUSTER, "office"),
    Invented("desk", "Desislav Merkov", CLUSTER, "desk"),
    Invented("board", "Borislava Upravska", CLUSTER, "board"),
    Invented("head", "Hristina Glavcheva", "m01", "lead"),
    Invented("purchasing", "Pavlina Kupenova", "m01", "purchasing"),
    Invented("competitor", "Kuncho Drugov", "m02", "purchasing"),
    Invented("mayor", "Mayia Gradeva", "mednograd", "lead"),
    Invented("key_holder", "Kliment Pechatov", "nine-seals", "key_holder"),
    Invented("supplier", "Stavri Gvozdeev", "s1", "lead"),
    Invented("outsider", "Vanyo Strandzhev"),
)


def organisations() -> list[Listed]:
    """The members and suppliers of the practice purchase, a municipality, and a notary."""
    from sprega.rooms.buying.practice import practice_organisations

    members, suppliers = practice_organisations()
    head: dict[str, str] = {}
    listed = []
    for row in members:
        slug = row.code.lower()
        known = head.setdefault(row.holding, slug) if row.holding else slug
        holding = "" if known == slug else known
        listed.append(Listed(slug, row.english, row.bulgarian, row.kind, holding))
    sellers = [Listed(row.code.lower(), row.english, row.bulgarian, standing="supplier") for row in suppliers]
    return [*listed, TOWN, *sellers, NOTARY]


def fill(cluster: Cluster) -> None:
    """Organisations, people and their passwords; the rooms' data come by a job (`practice_job`)."""
    from sprega.foundation.accounts.models import Person
    from sprega.foundation.organisations.models import Organisation
    from sprega.server.practice_job import ask_rooms

    own = found(name=CLUSTER, title=TITLE, organisations=organisations())
    known: dict[str, Organisation] = {one.slug: one for one in Organisation.objects.all()}
    accounts = []
    for one in PEOPLE:
        email, password = f"{one.practice_role.replace('_', '-')}@practice.example", secrets.token_urlsafe(9)
        person = Person.objects.create_user(
            email, password, name=one.name, practice_role=one.practice_role, language="en"
        )
        if one.acts_for:
            give(person=person, organisation=known[one.acts_for], role=one.role)
        accounts.append({"role": one.practice_role, "name": one.name, "email": email, "password": password})
    write_json(cluster.folder / "accounts.json", accounts)
    ask_rooms(organisation=own.pk)


def port() -> int:
    """Where it is served: as before, else at 8001 (8000 is for a cluster of real members) or a free port."""
    from sprega.server import installation

    known = {cluster.name: cluster.port for cluster in installation.clusters()}
    if NAME in known:
        return known[NAME]
    return installation.free_port() if PORT in known.values() else PORT


def accounts(cluster: Cluster) -> list[dict[str, str]]:
    """The accounts of the practice cluster with their passwords, as kept when it was made."""
    try:
        return json.loads((cluster.folder / "accounts.json").read_text("utf-8"))
    except FileNotFoundError:
        return []
