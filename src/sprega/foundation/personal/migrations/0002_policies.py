"""An export is its person's; a person's rows are read, erased and forgotten by one service.

Its policies stand beside those of each table, which they only widen.
"""

from django.db import migrations

from sprega.foundation.access.policies import policies

SERVICE = "(SELECT access_service()) = 'personal-data'"
MINE = "person_id = (SELECT access_person())"
# what may be done to each table beside what its own policies say
COMMANDS = {
    "access_waiver": ("SELECT",),
    "accounts_invitation": ("SELECT", "DELETE"),
    "accounts_link": ("SELECT", "DELETE"),
    "jobs_run": ("SELECT", "DELETE"),
    "mail_letter": ("SELECT", "DELETE"),
    "mail_mail": ("SELECT", "DELETE"),
    "notices_notice": ("SELECT", "DELETE"),
    "organisations_proposal": ("SELECT", "DELETE"),
    "organisations_representation": ("UPDATE",),
}


def widen(table: str, command: str) -> migrations.RunSQL:
    """Let the service do one thing to a table."""
    name = f"personal_data_{command.lower()}"
    return migrations.RunSQL(
        f"CREATE POLICY {name} ON {table} FOR {command} USING ({SERVICE})", f"DROP POLICY {name} ON {table}"
    )


class Migration(migrations.Migration):
    dependencies = [
        ("personal", "0001_initial"),
        ("access", "0004_totals_policies"),
        ("accounts", "0003_policies"),
        ("jobs", "0004_cancelled_and_counted_once"),
        ("mail", "0002_policies"),
        ("notices", "0002_policies"),
        ("organisations", "0006_second_pair_of_eyes"),
    ]

    operations = [
        policies(
            "personal_export",
            read=f"({MINE} AND expires_at > statement_timestamp()) OR {SERVICE}",
            insert=MINE,
            write="false",
            delete=f"{MINE} OR {SERVICE}",
        ),
        *(widen(table, command) for table, commands in COMMANDS.items() for command in commands),
    ]
