"""A column, filled and then required, within one transaction."""

from django.db import migrations

GROW = """
    ALTER TABLE growing_thing ADD COLUMN name text;
    UPDATE growing_thing SET name = 'thing ' || id;
    SELECT pg_sleep(0.4);
    ALTER TABLE growing_thing ALTER COLUMN name SET NOT NULL;
"""


class Migration(migrations.Migration):
    dependencies = [("growing", "0002_counted")]
    operations = [migrations.RunSQL(GROW, "ALTER TABLE growing_thing DROP COLUMN name")]
