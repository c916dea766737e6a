# SPDX-License-Identifier: EUPL-1.2
"""What the bar of every page tells a person, asked for in one statement."""

from __future__ import annotations

from typing import NamedTuple

from django.db import connection
from django.utils.translation import get_language

from sprega.foundation.notices.queries import MOST_COUNTED

QUERY = """
    SELECT unread, mine.id, mine.name, mine.name_bg
      FROM (
        SELECT count(*) AS unread
          FROM (SELECT FROM notices_notice WHERE person_id = %(person)s AND read_at IS NULL LIMIT %(most)s) n
      ) notices
      LEFT JOIN (
        SELECT DISTINCT o.id, o.name, o.name_bg
          FROM organisations_representation r JOIN organisations_organisation o ON o.id = r.organisation_id
         WHERE r.person_id = %(person)s AND r.starts_at <= statement_timestamp()
           AND (r.ends_at IS NULL OR statement_timestamp() < r.ends_at)
      ) mine ON true
     ORDER BY mine.name
"""


class Told(NamedTuple):
    """How many notices wait, counted to a hundred, and the organisations for which one may act, by name."""

    unread: int = 0
    organisations: tuple[tuple[int, str], ...] = ()


def told(person: int) -> Told:
    """What the bar tells a person, in the language at hand."""
    with connection.cursor() as cursor:
        cursor.execute(QUERY, {"person": person, "most": MOST_COUNTED})
        rows = cursor.fetchall()
    own = get_language() == "bg"
    named = tuple((pk, (own and name_bg) or name) for _unread, pk, name, name_bg in rows if pk is not None)
    return Told(rows[0][0], named)
