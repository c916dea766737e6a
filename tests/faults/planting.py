"""Run inside a new cluster: people of several members, signed in, each with a note and things to change."""

from __future__ import annotations

import json
import sys
from time import time

from sprega.server import installation
from tests.faults.cluster import NAME

MEMBERS, LEAVING = 6, 8


def plant() -> dict:
    """The sessions and rows."""
    from allauth.mfa.models import Authenticator
    from django.contrib.auth import get_user_model
    from django.db import transaction

    from sprega.foundation.access.identity import NOBODY, acting, actor_of
    from sprega.foundation.access.services import acting_as
    from sprega.foundation.organisations.models import Organisation
    from sprega.foundation.organisations.services import FOUNDING
    from sprega.server.founding import give
    from tests.rooms.notes.actions import write_note

    add = get_user_model().objects.create_user
    told: dict = {"members": []}
    with transaction.atomic():
        cluster = Organisation.objects.get(standing="cluster")
        office = add("office@broken.example", None, name="Office")
        give(person=office, organisation=cluster, role="office")
        Authenticator.objects.create(user=office, type=Authenticator.Type.TOTP, data={})
        told["office"] = {"session": session(office), "person": office.pk, "organisation": cluster.pk}
        for number in range(MEMBERS):
            with acting_as(FOUNDING, actor=NOBODY):
                works = Organisation.objects.create(
                    slug=f"works-{number}", name=f"Works {number}", standing="member"
                )
            head = add(f"head-{number}@broken.example", None, name=f"Head {number}")
            give(person=head, organisation=works, role="lead")
            spare = add(f"spare-{number}@broken.example", None, name=f"Spare {number}")
            leaving = [add(f"leaving-{number}-{one}@broken.example", None) for one in range(LEAVING)]
            for person in leaving:
                give(person=person, organisation=works, role="safety")
            with acting_as(FOUNDING, actor=NOBODY):
                ends = [person.representations.get().pk for person in leaving]
            actor = actor_of(head.pk, works.pk)
            with acting(actor):
                note = write_note(actor=actor, text="first", tonnes=number)
            told["members"].append(
                {
                    "session": session(head),
                    "person": head.pk,
                    "organisation": works.pk,
                    "note": str(note.pk),
                    "spare": spare.email,
                    "ends": ends,
                }
            )
    return told


def session(person: object) -> str:
    """Signed in, with a second factor shown a moment ago."""
    from allauth.account.internal.userkit import user_id_to_str
    from django.conf import settings
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
    from django.contrib.sessions.backends.db import SessionStore

    store = SessionStore()
    store[SESSION_KEY] = str(person.pk)
    store[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    store[HASH_SESSION_KEY] = person.get_session_auth_hash()
    store["account_authentication_methods"] = [{"method": "mfa", "at": time()}]
    store["account_authentication_methods_user"] = user_id_to_str(person)
    store.save()
    return str(store.session_key)


def main() -> None:
    """Plant, and keep what was planted beside the cluster."""
    from sprega.server.database.home import home

    cluster = installation.find(NAME)
    with installation.database_in_use() as server:
        installation.enter(cluster, installation.addresses(cluster, server))
        (home() / "planted.json").write_text(json.dumps(plant()))


if __name__ == "__main__":
    sys.exit(main())
