"""A table with rows."""

from django.db import migrations

MAKE = """
    CREATE TABLE growing_thing (id int PRIMARY KEY, counted int NOT NULL DEFAULT 0);
    INSERT INTO growing_thing (id) SELECT generate_series(1, 1000);
"""


class Migration(migrations.Migration):
    initial = True
    operations = [migrations.RunSQL(MAKE, "DROP TABLE growing_thing")]
