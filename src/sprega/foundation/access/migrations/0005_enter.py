"""One statement, which every request begins with: who is asking, and what the database takes them for."""

from django.db import migrations

ENTER = """
CREATE FUNCTION access_enter(
    person bigint, chosen bigint, OUT organisation bigint, OUT roles text[], OUT inside boolean
) LANGUAGE plpgsql VOLATILE AS $$
BEGIN
    PERFORM set_config('sprega.person', coalesce(person::text, ''), true),
            set_config('sprega.organisation', coalesce(chosen::text, ''), true),
            set_config('sprega.service', '', true);
    organisation := access_organisation();
    roles := access_roles();
    inside := access_inside();
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("access", "0004_totals_policies")]

    operations = [migrations.RunSQL(ENTER, "DROP FUNCTION access_enter(bigint, bigint)")]
