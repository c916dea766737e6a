from django.db import migrations

from sprega.foundation.access.policies import owned_rows


class Migration(migrations.Migration):
    dependencies = [("notes", "0001_initial"), ("access", "0002_identity")]
    operations = [owned_rows("notes_note", read_by=["sum-notes", "notes-of-a-person"])]
