# SPDX-License-Identifier: EUPL-1.2
"""The peer of `benchmarks.platform`: Django with nothing but a view that asks one query.

python -m granian --interface wsgi benchmarks.bare:application
"""

import os

import django
from django.conf import settings
from django.core.handlers.wsgi import WSGIHandler
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.urls import path
from psycopg.conninfo import conninfo_to_dict

QUERY = """
    SELECT n.text, n.tonnes, o.name
      FROM notes_note n JOIN organisations_organisation o ON o.id = n.organisation_id
     ORDER BY n.written_at DESC, n.id LIMIT 50
"""


def notes(_request: HttpRequest) -> HttpResponse:
    """Fifty rows as lines."""
    with connection.cursor() as cursor:
        cursor.execute(QUERY)
        return HttpResponse("\n".join(f"{name}: {text} {tonnes}" for text, tonnes, name in cursor.fetchall()))


urlpatterns = [path("", notes)]
parts = conninfo_to_dict(os.environ["BARE_URL"])
settings.configure(
    ALLOWED_HOSTS=["127.0.0.1"],
    ROOT_URLCONF=__name__,
    MIDDLEWARE=[],
    DATABASES={
        "default": {
            "ENGINE": "django.db.backends.postgresql",
            "NAME": parts["dbname"],
            "USER": parts["user"],
            "PASSWORD": parts["password"],
            "HOST": parts["host"],
            "PORT": parts["port"],
            "OPTIONS": {"pool": {"min_size": 1, "max_size": 8}},
        }
    },
)
django.setup(set_prefix=False)
application = WSGIHandler()
