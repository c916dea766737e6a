"""Data: counts every row a second time."""

from django.db import migrations

COUNT = "UPDATE growing_thing SET counted = counted + 1; SELECT pg_sleep(0.3);"


class Migration(migrations.Migration):
    dependencies = [("growing", "0003_named")]
    operations = [migrations.RunSQL(COUNT, migrations.RunSQL.noop)]
