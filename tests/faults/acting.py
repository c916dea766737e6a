"""Run beside a cluster: does what each line of JSON says, as the web's role, and says what became of it.

A line out for a line in: `{"done": id}` once the action's transaction is committed, else `{"error": type}`.
With the word `deliver` it delivers what mails are due, and ends.
"""

from __future__ import annotations

import json
import os
import sys
from typing import Any

import django

from tests.faults.cluster import NAME


def act(asked: dict[str, Any]) -> str:
    """Do one thing; the identifier of what it made."""
    from sprega.foundation.access.actions import give_waiver
    from sprega.foundation.access.identity import acting, actor_of
    from sprega.foundation.jobs.actions import start
    from sprega.foundation.notices.actions import notify
    from tests.rooms.notes.actions import write_note
    from tests.rooms.notes.jobs import add_up_notes

    actor = actor_of(asked["person"], asked["organisation"])
    with acting(actor):
        match asked["do"]:
            case "write":
                return str(write_note(actor=actor, text=asked["text"], tonnes=1).pk)
            case "waive":
                return str(give_waiver(actor=actor, subject=asked["text"], words=asked["text"]).pk)
            case "notify":
                from sprega.foundation.accounts.models import Person

                person = Person.objects.get(pk=asked["person"])
                return str(notify(actor=actor, person=person, kind="notes.told", text=asked["text"]).pk)
            case "run":
                return str(start(add_up_notes, actor=actor).pk)
    raise ValueError(asked["do"])


def main() -> None:
    """Act until the lines end."""
    from sprega.server.installation import clusters_folder

    os.environ["SPREGA_CLUSTER"] = str(clusters_folder() / NAME)
    os.environ["DJANGO_SETTINGS_MODULE"] = "sprega.server.settings"
    django.setup()
    from django.db import DatabaseError, InterfaceError, connection

    if sys.argv[1:] == ["deliver"]:
        from sprega.foundation.mail.actions import deliver

        deliver()
        return
    for line in sys.stdin:
        try:
            said = {"done": act(json.loads(line))}
        except (DatabaseError, InterfaceError) as error:
            connection.close()
            said = {"error": type(error).__name__}
        sys.stdout.write(json.dumps(said) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
