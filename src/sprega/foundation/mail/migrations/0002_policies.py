"""Envelopes are seen by their recipient and the office; letters by the recipient, in practice by the office too."""

from django.db import migrations

from sprega.foundation.access.policies import OFFICE, policies

SERVICE = "(SELECT access_service())"
POSTMAN = f"{SERVICE} = 'postman'"
ALL = f"{SERVICE} IN ('postman', 'forget-mails')"
# of an envelope that the reader sees because it is addressed to them
TO_ME = "EXISTS (SELECT FROM mail_mail m WHERE m.id = mail_letter.mail_id AND m.person_id = (SELECT access_person()))"


class Migration(migrations.Migration):
    dependencies = [("mail", "0001_initial"), ("access", "0002_identity")]

    operations = [
        policies(
            "mail_mail",
            read=f"person_id = (SELECT access_person()) OR {OFFICE} OR {ALL}",
            write=POSTMAN,
            delete=f"{SERVICE} = 'forget-mails'",
        ),
        policies(
            "mail_letter",
            read=f"{ALL} OR (office_reads AND {OFFICE}) OR (NOT secret AND {TO_ME})",
            write=POSTMAN,
            delete=f"{SERVICE} = 'forget-mails'",
        ),
    ]
