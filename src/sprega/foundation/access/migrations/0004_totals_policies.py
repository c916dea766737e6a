"""What stood behind a total is the door's alone; what was decided is seen by its class; waivers are their giver's."""

from django.db import migrations

from sprega.foundation.access.policies import policies

DOOR = "(SELECT access_service()) = 'disclosure'"
DESK = "'desk' = ANY((SELECT access_roles())::text[])"
MINE = "organisation_id = (SELECT access_organisation())"
HEAD = f"({MINE} AND 'lead' = ANY((SELECT access_roles())::text[]))"


class Migration(migrations.Migration):
    dependencies = [("access", "0003_totals"), ("organisations", "0004_promised_representations")]

    operations = [
        policies("access_disclosurerule", read=DOOR, write=DOOR, delete="false"),
        # Shown is known for ever: not even the door changes or removes it.
        policies("access_release", read=DOOR, insert=DOOR, write="false"),
        policies(
            "access_figure",
            read="visibility = 'public'"
            " OR (visibility = 'cluster' AND (SELECT access_inside()))"
            " OR (visibility = 'group' AND group_id = ANY((SELECT access_groups())::bigint[]))"
            f" OR {DESK} OR {DOOR}",
            write=DOOR,
            delete="false",
        ),
        policies(
            "access_waiver",
            read=f"{MINE} OR {DESK} OR {DOOR}",
            insert=f"{HEAD} AND given_by_id = (SELECT access_person())",
            write=HEAD,
            delete="false",
        ),
    ]
