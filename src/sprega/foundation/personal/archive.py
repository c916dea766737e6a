# SPDX-License-Identifier: EUPL-1.2
"""All that is kept about a person as one ZIP file: a page to read and JSON for programs, in each language."""

from __future__ import annotations

import json
from collections.abc import Callable
from io import BytesIO
from zipfile import ZIP_DEFLATED, ZipFile

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.template.loader import render_to_string
from django.utils import timezone, translation

from sprega.foundation.mail.write import cluster_title
from sprega.foundation.personal.queries import Part, kept_about
from sprega.foundation.personal.words import BASES, said


def archive(person: int, progress: Callable[[int, int], None]) -> bytes:
    """The file's bytes; a step for each language."""
    languages = [code for code, _name in settings.LANGUAGES]
    file = BytesIO()
    with ZipFile(file, "w", ZIP_DEFLATED) as book:
        for done, language in enumerate(languages):
            progress(done, len(languages))
            with translation.override(language):
                parts = kept_about(person)
                book.writestr(f"{language}/overview.html", overview(parts, language))
                for place, part in enumerate(parts, start=1):
                    text = json.dumps(_of_part(part), ensure_ascii=False, indent=2, cls=DjangoJSONEncoder)
                    book.writestr(f"{language}/{place:02d}-{part.of.name}.json", text)
    progress(len(languages), len(languages))
    return file.getvalue()


def overview(parts: list[Part], language: str) -> str:
    """A page that needs nothing else to be read."""
    context = {
        "parts": shown(parts),
        "cluster": cluster_title(),
        "language": language,
        "made_at": timezone.localtime(),
    }
    return render_to_string("personal/overview.html", context)


def shown(parts: list[Part], most: int | None = None) -> list[dict[str, object]]:
    """Parts as a template draws them; at most so many rows of each."""
    return [
        {
            "of": part.of,
            "basis": BASES[part.of.basis],
            "count": len(part.rows),
            "heads": list(part.rows[0]) if part.rows else [],
            "rows": [[said(value) for value in row.values()] for row in part.rows[:most]],
            "more": most is not None and len(part.rows) > most,
        }
        for part in parts
    ]


def _of_part(part: Part) -> dict[str, object]:
    return {
        "label": str(part.of.label),
        "purpose": str(part.of.purpose),
        "basis": str(BASES[part.of.basis]),
        "kept_for": str(part.of.kept_for),
        "rows": part.rows,
    }
