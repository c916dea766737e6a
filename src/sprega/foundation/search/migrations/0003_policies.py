"""Everybody reads the index of public texts, one service writes it; a policy that is true costs no index."""

from django.db import migrations

from sprega.foundation.access.policies import policies


class Migration(migrations.Migration):
    dependencies = [("search", "0002_public_texts"), ("access", "0002_identity")]

    operations = [
        policies("search_publictext", read="true", write="(SELECT access_service()) = 'publisher'"),
    ]
