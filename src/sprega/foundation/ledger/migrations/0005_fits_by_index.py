"""A plan made while the ledger was small would look through all of it for each event: never that."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("ledger", "0004_events_fit")]

    operations = [
        migrations.RunSQL(
            "ALTER FUNCTION ledger_fits() SET enable_seqscan = off SET search_path = pg_catalog, public",
            "ALTER FUNCTION ledger_fits() RESET enable_seqscan RESET search_path",
        )
    ]
