import uuid

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from sprega.foundation.access.models import Visibility
from sprega.foundation.search.text import searchable


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
        ("organisations", "0002_policies"),
        ("search", "0001_words"),
    ]

    operations = [
        migrations.CreateModel(
            name="Note",
            fields=[
                (
                    "id",
                    models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False),
                ),
                (
                    "organisation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="organisations.organisation",
                    ),
                ),
                (
                    "visibility",
                    models.CharField(choices=Visibility.choices, default="organisation", max_length=12),
                ),
                ("text", models.CharField(max_length=500, verbose_name="text")),
                (
                    "tonnes",
                    models.DecimalField(
                        decimal_places=3, default=0, max_digits=12, verbose_name="quantity (t)"
                    ),
                ),
                ("version", models.PositiveIntegerField(default=1)),
                ("written_at", models.DateTimeField(auto_now_add=True)),
                (
                    "written_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("words", searchable(texts=["text"])),
            ],
            options={
                "ordering": ["-written_at", "id"],
                "indexes": [models.Index(fields=["-written_at", "id"], name="notes_note_written_da1d61_idx")],
            },
        ),
    ]
