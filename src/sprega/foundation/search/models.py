# SPDX-License-Identifier: EUPL-1.2
"""The index of public texts."""

from __future__ import annotations

from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.utils.translation import get_language

from sprega.foundation.search.text import searchable


class PublicText(models.Model):
    """What everybody may find: a copy of public words, and of nothing else.

    Everybody reads every row, so no policy stands between a question and the index: that is why it is fast.
    """

    kind = models.CharField(max_length=60)
    key = models.CharField(max_length=60)
    title = models.CharField(max_length=300)
    title_bg = models.CharField(max_length=300, blank=True)
    text = models.TextField(blank=True)
    text_bg = models.TextField(blank=True)
    url = models.CharField(max_length=300)
    words = searchable(titles=["title", "title_bg"], texts=["text", "text_bg"])

    class Meta:
        constraints = [models.UniqueConstraint(fields=["kind", "key"], name="one_public_text_per_thing")]
        indexes = [GinIndex(fields=["words"], name="public_text_words")]

    def __str__(self) -> str:
        return (get_language() == "bg" and self.title_bg) or self.title

    @property
    def said(self) -> str:
        """The text as the reader's language has it."""
        return (get_language() == "bg" and self.text_bg) or self.text
