"""What the office cannot do alone: give the roles that look at what is confidential, or speak for a member."""

from django.db import migrations

from sprega.foundation.access.policies import OFFICE, policies

FUNCTIONS = """
-- Whether somebody belongs to the cluster's office or buying desk, now or from a day to come.
CREATE FUNCTION organisations_of_the_office(person bigint) RETURNS boolean
LANGUAGE sql STABLE PARALLEL SAFE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
    SELECT EXISTS (
        SELECT FROM organisations_representation r
        WHERE r.person_id = person AND r.role IN ('office', 'desk')
          AND (r.ends_at IS NULL OR r.ends_at > statement_timestamp())
    )
$$;

-- Whether somebody speaks for an organisation whose head has not invited them.
CREATE FUNCTION organisations_uninvited(person bigint) RETURNS boolean
LANGUAGE sql STABLE PARALLEL SAFE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
    SELECT EXISTS (
        SELECT FROM organisations_representation r JOIN organisations_organisation o ON o.id = r.organisation_id
        WHERE r.person_id = person AND o.standing <> 'cluster' AND r.accepted_by_id IS NULL
          AND (r.ends_at IS NULL OR r.ends_at > statement_timestamp())
    )
$$;

CREATE FUNCTION organisations_is_head(person bigint, of bigint) RETURNS boolean
LANGUAGE sql STABLE PARALLEL SAFE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
    SELECT EXISTS (
        SELECT FROM organisations_representation r
        WHERE r.person_id = person AND r.organisation_id = of AND r.role = 'lead'
          AND r.starts_at <= statement_timestamp() AND (r.ends_at IS NULL OR statement_timestamp() < r.ends_at)
    )
$$;

-- Who, where and as what is given once; an end may come, and what has ended stays so.
CREATE FUNCTION organisations_only_ends() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (NEW.person_id, NEW.organisation_id, NEW.role, NEW.starts_at, NEW.accepted_by_id)
       IS DISTINCT FROM (OLD.person_id, OLD.organisation_id, OLD.role, OLD.starts_at, OLD.accepted_by_id)
    THEN
        RAISE EXCEPTION 'a representation is ended and another given' USING ERRCODE = 'check_violation';
    END IF;
    IF OLD.ends_at IS NOT NULL AND (NEW.ends_at IS NULL OR NEW.ends_at > OLD.ends_at)
       AND (OLD.ends_at <= statement_timestamp() OR OLD.role IN ('desk', 'key_holder', 'board'))
    THEN
        RAISE EXCEPTION 'this representation is not prolonged, but given anew' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER only_ends BEFORE UPDATE ON organisations_representation
    FOR EACH ROW EXECUTE FUNCTION organisations_only_ends();

-- A proposal is decided as it was made.
CREATE FUNCTION organisations_only_decided() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (NEW.person_id, NEW.organisation_id, NEW.role, NEW.ends_at, NEW.proposed_by_id, NEW.proposed_at)
       IS DISTINCT FROM (OLD.person_id, OLD.organisation_id, OLD.role, OLD.ends_at, OLD.proposed_by_id, OLD.proposed_at)
    THEN
        RAISE EXCEPTION 'a proposal is decided as it was made' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER only_decided BEFORE UPDATE ON organisations_proposal
    FOR EACH ROW EXECUTE FUNCTION organisations_only_decided();
"""
FUNCTIONS_BACK = """
DROP TRIGGER only_decided ON organisations_proposal;
DROP FUNCTION organisations_only_decided();
DROP TRIGGER only_ends ON organisations_representation;
DROP FUNCTION organisations_only_ends();
DROP FUNCTION organisations_is_head(bigint, bigint);
DROP FUNCTION organisations_uninvited(bigint);
DROP FUNCTION organisations_of_the_office(bigint);
"""

ME = "(SELECT access_person())"
BOARD = (
    "('board' = ANY((SELECT access_roles())::text[]) AND NOT 'office' = ANY((SELECT access_roles())::text[]))"
)
ACCEPTING = "(SELECT access_service()) = 'accept-invitation'"
GUARDED = "role IN ('desk', 'key_holder', 'board')"
THE_CLUSTER = "(SELECT o.id FROM organisations_organisation o WHERE o.standing = 'cluster')"
WHERE_IT_BELONGS = f"(role NOT IN ('office', 'desk', 'board') OR organisation_id = {THE_CLUSTER})"
# One person is not both of the office and of somebody else, unless that organisation's head invited them.
APART = f"""
    NOT (organisation_id <> {THE_CLUSTER} AND organisations_of_the_office(person_id))
    AND NOT (role IN ('office', 'desk') AND organisations_uninvited(person_id))
"""
INVITED = """
    EXISTS (
        SELECT FROM accounts_invitation i
        WHERE i.organisation_id = {table}.organisation_id AND i.role = {table}.role
          AND i.accepted_at IS NULL AND i.withdrawn_at IS NULL AND i.expires_at > statement_timestamp()
          AND {also}
    )
"""
PROMISED = INVITED.format(
    table="organisations_representation",
    also="organisations_representation.accepted_by_id IS NULL",
)
BY_THE_HEAD = INVITED.format(
    table="organisations_representation",
    also="i.invited_by_id = organisations_representation.accepted_by_id"
    " AND organisations_is_head(i.invited_by_id, i.organisation_id)",
)
CONFIRMED = f"""
    EXISTS (
        SELECT FROM organisations_proposal p
        WHERE p.person_id = organisations_representation.person_id
          AND p.organisation_id = organisations_representation.organisation_id
          AND p.role = organisations_representation.role
          AND p.ends_at IS NOT DISTINCT FROM organisations_representation.ends_at
          AND p.outcome = 'open' AND p.proposed_by_id <> {ME} AND p.person_id <> {ME}
    )
"""
GIVES = f"""
    {WHERE_IT_BELONGS} AND (
        (SELECT access_service()) = 'founding'
        OR ({OFFICE} AND NOT {GUARDED} AND accepted_by_id IS NULL AND {APART})
        OR ({ACCEPTING} AND NOT {GUARDED} AND (({PROMISED} AND {APART}) OR {BY_THE_HEAD}))
        OR ({BOARD} AND {GUARDED} AND accepted_by_id IS NULL AND {CONFIRMED} AND {APART})
    )
"""

OFFICE_BEFORE = f"({OFFICE} OR (SELECT access_service()) = 'founding')"
BEFORE = f"""
    ({OFFICE_BEFORE} OR ((SELECT access_service()) = 'accept-invitation' AND EXISTS (
        SELECT FROM accounts_invitation i
        WHERE i.organisation_id = organisations_representation.organisation_id
          AND i.role = organisations_representation.role
          AND i.accepted_at IS NULL AND i.withdrawn_at IS NULL AND i.expires_at > statement_timestamp()
    ))) AND (role NOT IN ('office', 'desk') OR organisation_id = {THE_CLUSTER})
"""


class Migration(migrations.Migration):
    dependencies = [
        ("organisations", "0005_proposals"),
        ("accounts", "0003_policies"),
        ("access", "0002_identity"),
    ]

    operations = [
        migrations.RunSQL(FUNCTIONS, FUNCTIONS_BACK),
        policies(
            "organisations_proposal",
            read=f"{OFFICE} OR {BOARD} OR person_id = {ME} OR {ACCEPTING}"
            " OR organisation_id = (SELECT access_organisation())",
            insert=f"outcome = 'open' AND {GUARDED} AND {WHERE_IT_BELONGS} AND ("
            f"({OFFICE} AND proposed_by_id = {ME}) OR ({ACCEPTING} AND "
            + INVITED.format(
                table="organisations_proposal", also="i.invited_by_id = organisations_proposal.proposed_by_id"
            )
            + "))",
            write=f"decided_by_id = {ME} AND ((outcome = 'withdrawn' AND {OFFICE})"
            f" OR (outcome IN ('confirmed', 'refused') AND {BOARD}"
            f" AND proposed_by_id <> {ME} AND person_id <> {ME}))",
            delete="false",
        ),
        # what is decided is decided; who may decide is asked of what becomes of it
        migrations.RunSQL(
            f"ALTER POLICY changing ON organisations_proposal USING (outcome = 'open' AND ({OFFICE} OR {BOARD}))",
            migrations.RunSQL.noop,
        ),
        migrations.RunSQL(
            f"ALTER POLICY adding ON organisations_representation WITH CHECK ({GIVES})",
            f"ALTER POLICY adding ON organisations_representation WITH CHECK ({BEFORE})",
        ),
        # changing means ending, which the trigger keeps
        migrations.RunSQL(
            f"ALTER POLICY changing ON organisations_representation"
            f" USING ({OFFICE_BEFORE}) WITH CHECK ({OFFICE_BEFORE} AND {WHERE_IT_BELONGS})",
            f"ALTER POLICY changing ON organisations_representation USING ({OFFICE_BEFORE})"
            f" WITH CHECK ({OFFICE_BEFORE} AND (role NOT IN ('office', 'desk') OR organisation_id = {THE_CLUSTER}))",
        ),
    ]
