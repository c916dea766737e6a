"""Notes, owned by organisations."""

from uuid import uuid4

from django.conf import settings
from django.db import models

from sprega.foundation.access.models import Visibility
from sprega.foundation.organisations.models import Organisation
from sprega.foundation.search.text import searchable

TOTAL = "notes.tonnes"
"""What the sum of all quantities is called wherever it is judged and shown."""


class Note(models.Model):
    """A few words and a figure of one organisation."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    visibility = models.CharField(max_length=12, choices=Visibility, default=Visibility.ORGANISATION)
    text = models.CharField("text", max_length=500)
    tonnes = models.DecimalField("quantity (t)", max_digits=12, decimal_places=3, default=0)
    version = models.PositiveIntegerField(default=1)
    written_at = models.DateTimeField(auto_now_add=True)
    written_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    words = searchable(texts=["text"])

    class Meta:
        ordering = ["-written_at", "id"]
        indexes = [models.Index(fields=["-written_at", "id"])]
