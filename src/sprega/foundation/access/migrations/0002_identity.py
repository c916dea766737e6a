"""The functions by which policies ask who is asking, and the policies of this app's own tables.

They run as the owner of the database, who may read representations for this purpose alone: a policy that asked
the table itself would ask itself again.
"""

from django.db import migrations

from sprega.foundation.access.policies import OFFICE, policies

FUNCTIONS = """
CREATE FUNCTION access_service() RETURNS text LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT nullif(current_setting('sprega.service', true), '')
$$;

CREATE FUNCTION access_person() RETURNS bigint LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT nullif(current_setting('sprega.person', true), '')::bigint
$$;

-- The organisation acted for: only while a representation holds, and never while a service computes.
CREATE FUNCTION access_organisation() RETURNS bigint
LANGUAGE sql STABLE PARALLEL SAFE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
    SELECT r.organisation_id FROM organisations_representation r
    WHERE access_service() IS NULL
      AND r.person_id = access_person()
      AND r.organisation_id = nullif(current_setting('sprega.organisation', true), '')::bigint
      AND r.starts_at <= statement_timestamp() AND (r.ends_at IS NULL OR statement_timestamp() < r.ends_at)
    LIMIT 1
$$;

CREATE FUNCTION access_roles() RETURNS text[]
LANGUAGE sql STABLE PARALLEL SAFE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
    SELECT array_agg(DISTINCT r.role::text) FROM organisations_representation r
    WHERE r.person_id = access_person()
      AND r.organisation_id = access_organisation()
      AND r.starts_at <= statement_timestamp() AND (r.ends_at IS NULL OR statement_timestamp() < r.ends_at)
$$;

CREATE FUNCTION access_inside() RETURNS boolean
LANGUAGE sql STABLE PARALLEL SAFE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
    SELECT EXISTS (
        SELECT FROM organisations_organisation o
        WHERE o.id = access_organisation() AND o.standing IN ('cluster', 'member')
    )
$$;

CREATE FUNCTION access_groups() RETURNS bigint[]
LANGUAGE sql STABLE PARALLEL SAFE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
    SELECT coalesce(array_agg(m.group_id), '{}') FROM access_groupmember m
    WHERE m.organisation_id = access_organisation()
      AND m.starts_at <= statement_timestamp() AND (m.ends_at IS NULL OR statement_timestamp() < m.ends_at)
$$;

-- Members whose rows the buying desk has said, in this very transaction, that it looks at.
ALTER TABLE access_look ADD COLUMN transaction xid8 NOT NULL DEFAULT pg_current_xact_id();
CREATE INDEX access_look_transaction ON access_look (transaction);
CREATE FUNCTION access_looks() RETURNS bigint[]
LANGUAGE sql STABLE PARALLEL RESTRICTED SECURITY DEFINER SET search_path = pg_catalog, public AS $$
    SELECT coalesce(array_agg(l.organisation_id), '{}') FROM access_look l
    WHERE l.transaction = pg_current_xact_id_if_assigned() AND l.person_id = access_person()
      AND 'desk' = ANY(access_roles())
$$;

CREATE POLICY judging ON access_groupmember FOR SELECT TO CURRENT_USER USING (true);
CREATE POLICY judging ON access_look FOR SELECT TO CURRENT_USER USING (true);
"""

BACK = """
DROP POLICY judging ON access_look;
DROP POLICY judging ON access_groupmember;
DROP FUNCTION access_looks();
ALTER TABLE access_look DROP COLUMN transaction;
DROP FUNCTION access_groups();
DROP FUNCTION access_inside();
DROP FUNCTION access_roles();
DROP FUNCTION access_organisation();
DROP FUNCTION access_person();
DROP FUNCTION access_service();
"""

INSIDE = "(SELECT access_inside())"
DESK = "'desk' = ANY((SELECT access_roles())::text[])"


class Migration(migrations.Migration):
    dependencies = [("access", "0001_initial"), ("organisations", "0001_initial")]

    operations = [
        migrations.RunSQL(FUNCTIONS, BACK),
        # Groups: seen inside; who belongs to one is the office's or the desk's to say.
        policies(
            "access_group",
            read=f"{INSIDE} OR (SELECT access_service()) IS NOT NULL",
            write=f"{OFFICE} OR {DESK}",
        ),
        policies(
            "access_groupmember",
            read="organisation_id = (SELECT access_organisation())"
            " OR group_id = ANY((SELECT access_groups())::bigint[])"
            f" OR {OFFICE} OR {DESK} OR (SELECT access_service()) IS NOT NULL",
            write=f"{OFFICE} OR {DESK}",
        ),
        # A look is added by the desk in its own name, read by the member looked at, and never changed.
        policies(
            "access_look",
            read="organisation_id = (SELECT access_organisation()) OR person_id = (SELECT access_person())",
            insert=f"{DESK} AND person_id = (SELECT access_person()) AND transaction = pg_current_xact_id()",
            write="false",
        ),
    ]
