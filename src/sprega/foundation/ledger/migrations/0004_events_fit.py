"""Nobody plants an event in another's log: what it tells is what was committed to, in its writer's own name."""

from django.db import migrations

# The columns, by which readers are chosen, must say what the committed text says; the text must open the
# commitment beside which it lies.
FITS = """
CREATE FUNCTION ledger_fits() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    told jsonb := convert_from(NEW.text, 'UTF8')::jsonb;
BEGIN
    IF NOT EXISTS (
        SELECT FROM ledger_commitment c
        WHERE c.id = NEW.commitment_id AND c.value = sha256(NEW.salt || NEW.text)
    ) THEN
        RAISE EXCEPTION 'the event does not open its commitment' USING ERRCODE = 'check_violation';
    END IF;
    IF (told->>'kind', told->>'person', told->>'organisation', told->>'subject', coalesce(told->>'service', ''))
       IS DISTINCT FROM
       (NEW.kind::text, NEW.person_id::text, NEW.organisation_id::text, NEW.subject_id::text, NEW.service::text)
       OR (told->>'at')::timestamptz IS DISTINCT FROM NEW.at
    THEN
        RAISE EXCEPTION 'the event says something else than its columns' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER fits BEFORE INSERT ON ledger_payload FOR EACH ROW EXECUTE FUNCTION ledger_fits();

-- The organisation acted for, as a service too; and to the end of the transaction in which a person gives up
-- acting for it, since that is told in its name.
CREATE FUNCTION ledger_acting_for() RETURNS bigint
LANGUAGE sql STABLE PARALLEL SAFE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
    SELECT r.organisation_id FROM organisations_representation r
    WHERE r.person_id = access_person()
      AND r.organisation_id = nullif(current_setting('sprega.organisation', true), '')::bigint
      AND r.starts_at <= statement_timestamp()
      AND (r.ends_at IS NULL OR r.ends_at > greatest(transaction_timestamp(), r.starts_at))
    LIMIT 1
$$;
"""
BACK = """
DROP FUNCTION ledger_acting_for();
DROP TRIGGER fits ON ledger_payload;
DROP FUNCTION ledger_fits();
"""

OWN_NAME = (
    "person_id IS NOT DISTINCT FROM (SELECT access_person())"
    " AND service = coalesce((SELECT access_service()), '')"
)
BEFORE = (
    f"{OWN_NAME} AND (organisation_id IS NULL"
    " OR organisation_id::text = (SELECT current_setting('sprega.organisation', true)))"
)
# About others only those write who act for the cluster itself, and services.
NOW = (
    f"{OWN_NAME} AND (organisation_id IS NULL OR organisation_id = (SELECT ledger_acting_for()))"
    " AND (subject_id IS NULL OR subject_id = (SELECT ledger_acting_for())"
    " OR (SELECT access_service()) IS NOT NULL"
    " OR (SELECT access_roles()) && ARRAY['office', 'desk', 'board'])"
)

KEYS = """
CREATE TRIGGER only_grows BEFORE UPDATE OR DELETE ON ledger_key
    FOR EACH ROW EXECUTE FUNCTION ledger_refuse();
CREATE TRIGGER never_emptied BEFORE TRUNCATE ON ledger_key
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse();
DO $$ BEGIN
    EXECUTE format('REVOKE UPDATE, DELETE, TRUNCATE ON ledger_key FROM %I', current_setting('sprega.app_role'));
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("ledger", "0003_keys"),
        ("access", "0004_totals_policies"),
        ("organisations", "0004_promised_representations"),
    ]

    operations = [
        migrations.RunSQL(FITS, BACK),
        migrations.RunSQL(
            f"ALTER POLICY adding ON ledger_payload WITH CHECK ({NOW})",
            f"ALTER POLICY adding ON ledger_payload WITH CHECK ({BEFORE})",
        ),
        migrations.RunSQL(KEYS, migrations.RunSQL.noop),
    ]
