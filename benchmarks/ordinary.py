# SPDX-License-Identifier: EUPL-1.2
"""A second peer of `benchmarks.platform`: an ordinary Django project that lists the same fifty rows.

python -m benchmarks.ordinary  # makes its users' table and a signed-in user, prints the session's cookie
python -m granian --interface wsgi benchmarks.ordinary:application

The middlewares, session, user and template that `startproject` and its tutorial lead to; no policies, roles,
languages, search or paging.
"""

import os
from pathlib import Path

import django
from django.conf import settings
from django.core.handlers.wsgi import WSGIHandler
from django.http import HttpRequest, HttpResponse
from django.urls import path
from psycopg.conninfo import conninfo_to_dict


def database(url: str) -> dict[str, object]:
    """Django's form of an address."""
    parts = conninfo_to_dict(url)
    names = {"NAME": "dbname", "USER": "user", "PASSWORD": "password", "HOST": "host", "PORT": "port"}
    return {
        "ENGINE": "django.db.backends.postgresql",
        **{ours: parts[theirs] for ours, theirs in names.items()},
        "OPTIONS": {"pool": {"min_size": 1, "max_size": 8}},
    }


settings.configure(
    SECRET_KEY="of a benchmark",  # noqa: S106
    ALLOWED_HOSTS=["127.0.0.1"],
    ROOT_URLCONF=__name__,
    USE_TZ=True,
    INSTALLED_APPS=[
        "django.contrib.auth",
        "django.contrib.contenttypes",
        "django.contrib.sessions",
        "django.contrib.messages",
    ],
    MIDDLEWARE=[
        "django.middleware.security.SecurityMiddleware",
        "django.contrib.sessions.middleware.SessionMiddleware",
        "django.middleware.common.CommonMiddleware",
        "django.middleware.csrf.CsrfViewMiddleware",
        "django.contrib.auth.middleware.AuthenticationMiddleware",
        "django.contrib.messages.middleware.MessageMiddleware",
        "django.middleware.clickjacking.XFrameOptionsMiddleware",
    ],
    TEMPLATES=[
        {
            "BACKEND": "django.template.backends.django.DjangoTemplates",
            "DIRS": [Path(__file__).with_name("templates")],
            "OPTIONS": {
                "context_processors": [
                    "django.template.context_processors.request",
                    "django.contrib.auth.context_processors.auth",
                    "django.contrib.messages.context_processors.messages",
                ]
            },
        }
    ],
    DATABASES={
        "default": database(os.environ["BARE_URL"]),
        "owner": database(os.environ["OWNER_URL"]),
    },
)
django.setup(set_prefix=False)

from django.contrib.auth.decorators import login_required  # noqa: E402 - only once Django is set up
from django.db import connections, models  # noqa: E402
from django.shortcuts import render  # noqa: E402


class Organisation(models.Model):
    """Ours, as this project sees it."""

    name = models.CharField(max_length=200)

    class Meta:
        app_label, managed, db_table = "ordinary", False, "organisations_organisation"


class Note(models.Model):
    """The tiny room's, likewise."""

    id = models.UUIDField(primary_key=True)
    organisation = models.ForeignKey(Organisation, models.PROTECT)
    text = models.CharField(max_length=500)
    tonnes = models.DecimalField(max_digits=12, decimal_places=3)
    written_at = models.DateTimeField()

    class Meta:
        app_label, managed, db_table = "ordinary", False, "notes_note"
        ordering = ["-written_at", "id"]


@login_required
def notes(request: HttpRequest) -> HttpResponse:
    """Fifty rows as a table."""
    return render(request, "ordinary.html", {"notes": Note.objects.select_related("organisation")[:50]})


urlpatterns = [path("", notes)]
application = WSGIHandler()


def prepare() -> str:
    """Make the users' table, which a cluster has in another form, and a session of somebody signed in."""
    from django.contrib.auth.models import User
    from django.test import Client

    with connections["owner"].schema_editor() as tables:
        tables.create_model(User)
    client = Client()
    client.force_login(User.objects.create_user("somebody"))
    return "; ".join(f"{one.key}={one.value}" for one in client.cookies.values())


if __name__ == "__main__":
    print(prepare())
