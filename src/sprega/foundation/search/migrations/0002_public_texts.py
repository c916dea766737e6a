"""The index of public texts, with the column of words that PostgreSQL keeps itself."""

import django.contrib.postgres.indexes
import django.contrib.postgres.search
from django.db import migrations, models

import sprega.foundation.search.text


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("search", "0001_words"),
    ]

    operations = [
        migrations.CreateModel(
            name="PublicText",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("kind", models.CharField(max_length=60)),
                ("key", models.CharField(max_length=60)),
                ("title", models.CharField(max_length=300)),
                ("title_bg", models.CharField(blank=True, max_length=300)),
                ("text", models.TextField(blank=True)),
                ("text_bg", models.TextField(blank=True)),
                ("url", models.CharField(max_length=300)),
                (
                    "words",
                    models.GeneratedField(
                        db_persist=True,
                        expression=sprega.foundation.search.text.Together(
                            sprega.foundation.search.text.Words("title", "A"),
                            sprega.foundation.search.text.Words("title_bg", "A"),
                            sprega.foundation.search.text.Words("text"),
                            sprega.foundation.search.text.Words("text_bg"),
                        ),
                        output_field=django.contrib.postgres.search.SearchVectorField(),
                    ),
                ),
            ],
            options={
                "indexes": [
                    django.contrib.postgres.indexes.GinIndex(fields=["words"], name="public_text_words")
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("kind", "key"), name="one_public_text_per_thing")
                ],
            },
        ),
    ]
