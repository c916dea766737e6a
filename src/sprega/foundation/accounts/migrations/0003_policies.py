"""Invitations are the office's and each organisation's head's; links belong to one service."""

from django.db import migrations

from sprega.foundation.access.policies import OFFICE, policies

LEAD = (
    "(organisation_id = (SELECT access_organisation()) AND 'lead' = ANY((SELECT access_roles())::text[])"
    " AND role NOT IN ('office', 'desk', 'board', 'key_holder'))"
)
ACCEPTING = "(SELECT access_service()) = 'accept-invitation'"
LINKS = "(SELECT access_service()) = 'one-purpose-link'"
# Office and desk are roles in the cluster itself: anywhere else they would open it to a member.
WHERE_IT_BELONGS = (
    "(role NOT IN ('office', 'desk')"
    " OR organisation_id = (SELECT o.id FROM organisations_organisation o WHERE o.standing = 'cluster'))"
)

CACHE = """
CREATE TABLE accounts_cache (
    cache_key varchar(255) PRIMARY KEY,
    value text NOT NULL,
    expires timestamp with time zone NOT NULL
);
CREATE INDEX accounts_cache_expires ON accounts_cache (expires);
"""


class Migration(migrations.Migration):
    dependencies = [("accounts", "0002_invitations_and_links"), ("access", "0002_identity")]

    operations = [
        policies(
            "accounts_invitation",
            read=f"{OFFICE} OR {LEAD} OR {ACCEPTING}",
            insert=f"invited_by_id = (SELECT access_person()) AND accepted_at IS NULL AND withdrawn_at IS NULL"
            f" AND ({OFFICE} OR {LEAD}) AND {WHERE_IT_BELONGS}",
            write=f"({OFFICE} OR {LEAD} OR {ACCEPTING}) AND {WHERE_IT_BELONGS}",
            delete="false",
        ),
        policies(
            "accounts_link",
            read=f"person_id = (SELECT access_person()) OR {LINKS}",
            write=LINKS,
        ),
        # Django's cache in the database, made here so that no command is needed beside `migrate`.
        migrations.RunSQL(CACHE, "DROP TABLE accounts_cache"),
    ]
