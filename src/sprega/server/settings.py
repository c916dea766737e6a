# SPDX-License-Identifier: EUPL-1.2
"""Django's settings for one cluster: its folder in SPREGA_CLUSTER, its database in DATABASE_URL."""

import os
from pathlib import Path
from typing import Any

from django.utils.translation import gettext_lazy as _
from psycopg.conninfo import conninfo_to_dict

from sprega.server.cluster import Cluster

CLUSTER = Cluster.read(Path(os.environ["SPREGA_CLUSTER"]))
SECRET_KEY = CLUSTER.secret("secret_key")
DEBUG = False
ALLOWED_HOSTS = ["127.0.0.1", "localhost", "[::1]", *CLUSTER.hosts]
BEHIND_TLS = bool(CLUSTER.hosts)


def _address(url: str, **options: Any) -> dict[str, Any]:
    """Django's form of a libpq address."""
    parts = conninfo_to_dict(url)
    names = {"dbname": "NAME", "user": "USER", "password": "PASSWORD", "host": "HOST", "port": "PORT"}
    known = {names[key]: str(value) for key, value in parts.items() if key in names}
    rest = {key: value for key, value in parts.items() if key not in names}
    return {"ENGINE": "django.db.backends.postgresql", **known, "OPTIONS": {**rest, **options}}


# A server shares its connections among threads; a command needs one.
POOL = {"pool": {"min_size": 1, "max_size": 8, "timeout": 10}} if "SPREGA_SERVING" in os.environ else {}
DATABASES = {"default": _address(os.environ["DATABASE_URL"], **POOL)}
for alias in ("owner", "maintenance"):
    if url := os.environ.get(f"DATABASE_{alias.upper()}_URL"):
        DATABASES[alias] = _address(url)
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
AUTH_USER_MODEL = "accounts.Person"

# Each room is a folder; this list is all that the house knows of it.
ROOMS = [room for room in os.environ.get("SPREGA_FURTHER_ROOMS", "").split(",") if room]

FOUNDATION = ["organisations", "accounts", "access", "ledger", "jobs", "ui"]
INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.forms",
    "django_htmx",
    "procrastinate.contrib.django",
    *(f"sprega.foundation.{name}" for name in FOUNDATION),
    *ROOMS,
]

MIDDLEWARE = [
    "sprega.foundation.ui.middleware.content_security",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "sprega.foundation.access.middleware.IdentityMiddleware",
    "sprega.foundation.ui.preferences.language_middleware",
]
ROOT_URLCONF = "sprega.server.urls"
WSGI_APPLICATION = "sprega.server.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "sprega.foundation.ui.context.shell",
            ],
            "builtins": ["sprega.foundation.ui.templatetags.ui"],
        },
    }
]

LANGUAGE_CODE = CLUSTER.languages[0]
NAMED = {"en": _("English"), "bg": _("Bulgarian")}
LANGUAGES = [(code, NAMED[code]) for code in CLUSTER.languages]
TIME_ZONE = "Europe/Sofia"
USE_TZ = True
FORMAT_MODULE_PATH = ["sprega.foundation.ui.formats"]
FORM_RENDERER = "sprega.foundation.ui.forms.Renderer"
CSRF_FAILURE_VIEW = "sprega.foundation.ui.errors.csrf_failure"

STATIC_URL = "static/"
WHITENOISE_USE_FINDERS = True

SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE_SSL_REDIRECT = BEHIND_TLS
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
SECURE_HSTS_SECONDS = 31_536_000 if BEHIND_TLS else 0
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if BEHIND_TLS else None
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"
