"""Whoever accepts an invitation gets what it promises and nothing else; office and desk are the cluster's alone."""

from django.db import migrations

from sprega.foundation.access.policies import OFFICE

GIVES = f"({OFFICE} OR (SELECT access_service()) = 'founding')"
PROMISED = """
    ((SELECT access_service()) = 'accept-invitation' AND EXISTS (
        SELECT FROM accounts_invitation i
        WHERE i.organisation_id = organisations_representation.organisation_id
          AND i.role = organisations_representation.role
          AND i.accepted_at IS NULL AND i.withdrawn_at IS NULL AND i.expires_at > statement_timestamp()
    ))
"""
WHERE_IT_BELONGS = (
    "(role NOT IN ('office', 'desk')"
    " OR organisation_id = (SELECT o.id FROM organisations_organisation o WHERE o.standing = 'cluster'))"
)
BEFORE = f"{OFFICE} OR (SELECT access_service()) IN ('founding', 'accept-invitation')"


class Migration(migrations.Migration):
    dependencies = [("organisations", "0003_representation_version"), ("accounts", "0003_policies")]

    operations = [
        migrations.RunSQL(
            f"""
            ALTER POLICY adding ON organisations_representation
                WITH CHECK (({GIVES} OR {PROMISED}) AND {WHERE_IT_BELONGS});
            ALTER POLICY changing ON organisations_representation
                USING ({GIVES}) WITH CHECK ({GIVES} AND {WHERE_IT_BELONGS});
            """,
            f"""
            ALTER POLICY adding ON organisations_representation WITH CHECK ({BEFORE});
            ALTER POLICY changing ON organisations_representation USING ({BEFORE}) WITH CHECK ({BEFORE});
            """,
        )
    ]
