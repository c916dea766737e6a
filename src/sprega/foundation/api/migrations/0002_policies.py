"""A token is its person's alone; it is made only for an organisation that the person acts for."""

from django.db import migrations

from sprega.foundation.access.policies import policies

MINE = "person_id = (SELECT access_person())"
TOKENS = "(SELECT access_service()) = 'api-token'"


class Migration(migrations.Migration):
    dependencies = [("api", "0001_initial"), ("access", "0002_identity")]

    operations = [
        policies(
            "api_token",
            read=f"{MINE} OR {TOKENS}",
            insert=f"{MINE} AND organisation_id = (SELECT access_organisation())",
            write=f"{MINE} OR {TOKENS}",
            delete=MINE,
        )
    ]
