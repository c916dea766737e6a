"""Organisations are public facts that the office keeps; who represents whom is seen inside the cluster."""

from django.db import migrations

from sprega.foundation.access.policies import OFFICE, policies

SERVICE = "(SELECT access_service())"
MINE = "organisation_id = (SELECT access_organisation())"


class Migration(migrations.Migration):
    dependencies = [("organisations", "0001_initial"), ("access", "0002_identity")]

    operations = [
        policies(
            "organisations_organisation",
            read="true",
            write=f"{OFFICE} OR {SERVICE} = 'founding'",
        ),
        policies(
            "organisations_representation",
            read=f"person_id = (SELECT access_person()) OR {MINE} OR (SELECT access_inside()) OR {SERVICE} IS NOT NULL",
            write=f"{OFFICE} OR {SERVICE} IN ('founding', 'accept-invitation')",
            delete="false",
        ),
        migrations.RunSQL(
            "CREATE POLICY judging ON organisations_representation FOR SELECT TO CURRENT_USER USING (true)",
            "DROP POLICY judging ON organisations_representation",
        ),
    ]
