"""A run is seen by who asked for it; the office sees those that failed, without what they were about."""

from django.db import migrations

from sprega.foundation.access.policies import OFFICE, policies

ASKER = "person_id = (SELECT access_person())"
WORKER = "(SELECT access_service()) = 'worker'"


class Migration(migrations.Migration):
    dependencies = [("jobs", "0001_initial"), ("access", "0002_identity")]

    operations = [
        policies(
            "jobs_run",
            read=f"{ASKER} OR {WORKER} OR (state = 'failed' AND {OFFICE})",
            write=f"{ASKER} OR {WORKER} OR {OFFICE}",
            insert="person_id IS NOT DISTINCT FROM (SELECT access_person())",
            delete="false",
        ),
    ]
