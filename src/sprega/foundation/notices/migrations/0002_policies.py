"""A notice is its person's, and one about an organisation only while the person represents it."""

from django.db import migrations

from sprega.foundation.access.policies import policies

SERVICE = "(SELECT access_service())"
NOTIFIER = f"{SERVICE} = 'notifier'"
MINE = "person_id = (SELECT access_person())"
HERE = f"""({MINE} AND (organisation_id IS NULL OR EXISTS (
    SELECT FROM organisations_representation r
    WHERE r.person_id = notices_notice.person_id AND r.organisation_id = notices_notice.organisation_id
      AND r.starts_at <= statement_timestamp() AND (r.ends_at IS NULL OR statement_timestamp() < r.ends_at)
)))"""


class Migration(migrations.Migration):
    dependencies = [("notices", "0001_initial"), ("access", "0002_identity")]

    operations = [
        policies(
            "notices_notice",
            read=f"{HERE} OR {SERVICE} IN ('notifier', 'forget-notices')",
            insert=NOTIFIER,
            write=f"{HERE} OR {NOTIFIER}",
            delete=f"{SERVICE} = 'forget-notices'",
        ),
        policies("notices_noticechoice", read=f"{MINE} OR {NOTIFIER}", write=MINE),
    ]
