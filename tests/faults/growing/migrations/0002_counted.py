"""Data: counts every row once, in pieces."""

from django.db import migrations


def count(apps, schema_editor) -> None:
    with schema_editor.connection.cursor() as cursor:
        for first in range(1, 1001, 100):
            cursor.execute(
                "UPDATE growing_thing SET counted = counted + 1 WHERE id BETWEEN %s AND %s",
                [first, first + 99],
            )
            cursor.execute("SELECT pg_sleep(0.05)")


class Migration(migrations.Migration):
    dependencies = [("growing", "0001_things")]
    operations = [migrations.RunPython(count, migrations.RunPython.noop)]
