"""The ledger is append-only in the database itself, for its owner too; what an event tells has its readers."""

from django.db import migrations

from sprega.foundation.access.policies import policies

APPEND_ONLY = ("ledger_commitment", "ledger_position", "ledger_node", "ledger_checkpoint")

REFUSE = """
CREATE FUNCTION ledger_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the ledger only grows: % of % is refused', TG_OP, TG_TABLE_NAME;
END $$;
"""


def triggers() -> str:
    """Refusals for every table, and for the role of the web, its rights taken back besides."""
    statements = []
    for table in APPEND_ONLY:
        statements.append(
            f"CREATE TRIGGER only_grows BEFORE UPDATE OR DELETE ON {table}"
            " FOR EACH ROW EXECUTE FUNCTION ledger_refuse();"
        )
        statements.append(
            f"CREATE TRIGGER never_emptied BEFORE TRUNCATE ON {table}"
            " FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse();"
        )
    statements.append(
        "CREATE TRIGGER never_changed BEFORE UPDATE ON ledger_payload"
        " FOR EACH ROW EXECUTE FUNCTION ledger_refuse();"
        "CREATE TRIGGER never_emptied BEFORE TRUNCATE ON ledger_payload"
        " FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse();"
    )
    tables = ", ".join(APPEND_ONLY)
    statements.append(
        f"""
        DO $$ BEGIN
            EXECUTE format('REVOKE UPDATE, DELETE, TRUNCATE ON {tables} FROM %I', current_setting('sprega.app_role'));
            EXECUTE format('REVOKE UPDATE, TRUNCATE ON ledger_payload FROM %I', current_setting('sprega.app_role'));
        END $$;
        """
    )
    return "".join(statements)


SERVICE = "(SELECT access_service())"


class Migration(migrations.Migration):
    dependencies = [("ledger", "0001_initial"), ("access", "0002_identity")]

    operations = [
        migrations.RunSQL(REFUSE + triggers(), migrations.RunSQL.noop),
        # An event is read by who did it, by the organisation whose data it is about, and by the head of the
        # organisation acted for. It is written in the writer's own name; it is erased by one service.
        policies(
            "ledger_payload",
            read="person_id = (SELECT access_person())"
            " OR subject_id = (SELECT access_organisation())"
            " OR (organisation_id = (SELECT access_organisation()) AND 'lead' = ANY((SELECT access_roles())::text[]))"
            f" OR {SERVICE} IN ('export-ledger', 'erase-events')",
            insert="person_id IS NOT DISTINCT FROM (SELECT access_person())"
            f" AND service = coalesce({SERVICE}, '')"
            " AND (organisation_id IS NULL"
            " OR organisation_id::text = (SELECT current_setting('sprega.organisation', true)))",
            write="false",
            delete=f"{SERVICE} = 'erase-events'",
        ),
    ]
