"""The office sees what failed, and changes nobody's run: trying again is the worker's, on the office's behalf."""

from django.db import migrations

ASKER = "person_id = (SELECT access_person())"
WORKER = "(SELECT access_service()) = 'worker'"
BEFORE = f"{ASKER} OR {WORKER} OR 'office' = ANY((SELECT access_roles())::text[])"


class Migration(migrations.Migration):
    dependencies = [("jobs", "0002_policies")]

    operations = [
        migrations.RunSQL(
            f"ALTER POLICY changing ON jobs_run USING ({ASKER} OR {WORKER}) WITH CHECK ({ASKER} OR {WORKER})",
            f"ALTER POLICY changing ON jobs_run USING ({BEFORE}) WITH CHECK ({BEFORE})",
        )
    ]
