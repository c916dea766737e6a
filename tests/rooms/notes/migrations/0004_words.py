from django.db import migrations

from sprega.foundation.search.text import searchable


class Migration(migrations.Migration):
    dependencies = [("notes", "0003_ordered"), ("search", "0001_words")]
    operations = [migrations.AddField("note", "words", searchable(texts=["text"]))]
