"""Files are seen by their class; one of a person by that person alone."""

from django.db import migrations

from sprega.foundation.access.policies import owned_rows

STOREKEEPER = "(SELECT access_service()) = 'storekeeper'"
ITS_PERSON = f"person_id IS NULL OR person_id = (SELECT access_person()) OR {STOREKEEPER}"


class Migration(migrations.Migration):
    dependencies = [("files", "0001_initial"), ("access", "0002_identity")]

    operations = [
        owned_rows("files_file", group="group_id", read_by=["storekeeper"], written_by=["storekeeper"]),
        migrations.RunSQL(
            f"CREATE POLICY its_person ON files_file AS RESTRICTIVE USING ({ITS_PERSON})",
            "DROP POLICY its_person ON files_file",
        ),
    ]
