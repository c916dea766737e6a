"""Who was of one holding with whom, so far as a total was judged then: the door's own memory."""

import django.db.models.deletion
from django.db import migrations, models

from sprega.foundation.access.policies import policies

DOOR = "(SELECT access_service()) = 'disclosure'"


class Migration(migrations.Migration):
    dependencies = [
        ("access", "0006_looks_told_rule_versioned"),
        ("organisations", "0004_promised_representations"),
    ]

    operations = [
        migrations.CreateModel(
            name="SharedHolding",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "holding",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="organisations.organisation",
                    ),
                ),
                (
                    "organisation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="organisations.organisation",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("organisation", "holding"), name="a_shared_holding_is_kept_once"
                    )
                ],
            },
        ),
        # What was once known is remembered: nobody changes or removes it.
        policies("access_sharedholding", read=DOOR, insert=DOOR, write="false"),
    ]
