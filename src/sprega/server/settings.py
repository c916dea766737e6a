# SPDX-License-Identifier: EUPL-1.2
"""Django's settings for one cluster: its folder in SPREGA_CLUSTER, its database in DATABASE_URL."""

import os
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from django.utils.translation import gettext_lazy as _
from psycopg.conninfo import conninfo_to_dict

from sprega.foundation.accounts.oidc import providers
from sprega.foundation.mail.server import mail_server
from sprega.server import logs
from sprega.server.cluster import Cluster

CLUSTER = Cluster.read(Path(os.environ["SPREGA_CLUSTER"]))
SECRET_KEY = CLUSTER.secret("secret_key")
DEBUG = False
ALLOWED_HOSTS = ["127.0.0.1", "localhost", "[::1]", *CLUSTER.hosts]
BEHIND_TLS = bool(CLUSTER.hosts)
LOGGING = logs.configuration(CLUSTER.folder)


def _address(url: str, **options: Any) -> dict[str, Any]:
    """Django's form of a libpq address."""
    parts = conninfo_to_dict(url)
    names = {"dbname": "NAME", "user": "USER", "password": "PASSWORD", "host": "HOST", "port": "PORT"}
    known = {names[key]: str(value) for key, value in parts.items() if key in names}
    rest = {key: value for key, value in parts.items() if key not in names}
    return {"ENGINE": "django.db.backends.postgresql", **known, "OPTIONS": {**rest, **options}}


# A server shares its connections among threads; a command needs one. While the database is away a request
# waits two seconds for it; the pool gives up as soon, so that the next request tries anew.
WAITS = {"timeout": 2, "reconnect_timeout": 2}
POOL = {"pool": {"min_size": 1, "max_size": 8, **WAITS}} if "SPREGA_SERVING" in os.environ else {}
DATABASES = {"default": _address(os.environ["DATABASE_URL"], **POOL)}
DATABASES["default"]["OPTIONS"].setdefault("connect_timeout", 5)  # a host that is gone answers nothing at all
# A pooled connection is asked for a sign of life: after a restart of the database nobody meets a dead one.
DATABASES["default"]["CONN_HEALTH_CHECKS"] = bool(POOL)
for alias in ("owner", "maintenance"):
    if url := os.environ.get(f"DATABASE_{alias.upper()}_URL"):
        DATABASES[alias] = _address(url)
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
AUTH_USER_MODEL = "accounts.Person"

# Each room is a folder; this list is all that the house knows of it.
ROOMS = [room for room in os.environ.get("SPREGA_FURTHER_ROOMS", "").split(",") if room]

# Modules in which rooms register their long work; the server's own fills the practice cluster.
PROCRASTINATE_IMPORT_PATHS = [
    "sprega.server.practice_job",
    *(f"{room}.jobs" for room in ROOMS if find_spec(f"{room}.jobs")),
]

FOUNDATION = [
    "organisations",
    "accounts",
    "access",
    "ledger",
    "jobs",
    "mail",
    "notices",
    "personal",
    "search",
    "files",
    "ui",
    "api",
]
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
    # after ours, whose templates and words stand instead of theirs
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "allauth.usersessions",
]

MIDDLEWARE = [
    "sprega.server.health.health",
    "sprega.server.logs.request_log",
    "sprega.foundation.ui.middleware.content_security",
    "sprega.foundation.api.middleware.problems",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "sprega.server.addresses.refuse_nul",
    "django.middleware.csrf.CsrfViewMiddleware",
    "sprega.foundation.accounts.sessions.person_middleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "sprega.foundation.api.middleware.tokens",
    "sprega.foundation.access.middleware.IdentityMiddleware",
    "sprega.foundation.ui.preferences.language_middleware",
    "sprega.foundation.accounts.middleware.RepresentationMiddleware",
    "sprega.foundation.accounts.middleware.SecondFactorMiddleware",
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
LOCALE_PATHS = [Path(__file__).parent / "locale"]
TIME_ZONE = "Europe/Sofia"
USE_TZ = True
FORMAT_MODULE_PATH = ["sprega.foundation.ui.formats"]
FORM_RENDERER = "sprega.foundation.ui.forms.Renderer"
CSRF_FAILURE_VIEW = "sprega.foundation.ui.errors.csrf_failure"

STATIC_URL = "static/"
WHITENOISE_USE_FINDERS = True

# Uploads: how large a file, and how much an organisation, may be; what arrives lies in the cluster's folder.
FILES_LARGEST = int(os.environ.get("SPREGA_LARGEST_FILE_MB", "25")) * 10**6
FILES_QUOTA = int(os.environ.get("SPREGA_FILES_PER_ORGANISATION_MB", "2000")) * 10**6
FILE_UPLOAD_HANDLERS = [
    "django.core.files.uploadhandler.MemoryFileUploadHandler",
    "sprega.foundation.files.incoming.SpoolHandler",
]
FILE_UPLOAD_MAX_MEMORY_SIZE = DATA_UPLOAD_MAX_MEMORY_SIZE = 2_500_000
DATA_UPLOAD_MAX_NUMBER_FILES = 10
FILE_UPLOAD_PERMISSIONS = 0o600

SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE_SSL_REDIRECT = BEHIND_TLS
SESSION_ENGINE = "sprega.foundation.accounts.sessions"
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
SECURE_HSTS_SECONDS = 31_536_000 if BEHIND_TLS else 0
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if BEHIND_TLS else None
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"

# Signing in: e-mail and password or the organisation's own provider; nobody signs up without an invitation.
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ("email", "name")},
    },
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
PASSWORD_RESET_TIMEOUT = 3600
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
ACCOUNT_ADAPTER = "sprega.foundation.accounts.adapter.AccountAdapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"  # the invitation has proved the address
ACCOUNT_CHANGE_EMAIL = True  # a new address counts only once its letter was answered
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_REAUTHENTICATION_REQUIRED = True
ACCOUNT_FORMS = {
    "login": "sprega.foundation.accounts.forms.SignInForm",
    "reset_password": "sprega.foundation.accounts.forms.ForgottenForm",
    "add_email": "sprega.foundation.accounts.forms.NewAddressForm",
}
# Those from "invite" on are ours; the others beside allauth's own for password change and the like.
# No longer than five minutes, which is what the pages tell people to wait.
ACCOUNT_RATE_LIMITS = {
    "login": "30/m/ip",
    "login_failed": "10/m/ip,5/5m/key",
    "reset_password": "10/m/ip,3/5m/key",
    "invite": "30/5m/user",
    "accept_invitation": "20/m/ip",
    "open_link": "30/m/ip",
    "search": "60/m/ip",  # of visitors
    "api": "600/m/key",
    "api_failed": "20/m/ip",
}
ALLAUTH_TRUSTED_PROXY_COUNT = 1 if BEHIND_TLS else 0
MFA_ADAPTER = "sprega.foundation.accounts.adapter.SecondFactorAdapter"
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_TOTP_TOLERANCE = 1  # a telephone's clock may be half a minute off
MFA_ALLOW_UNVERIFIED_EMAIL = True  # nobody can open an account in another's name: sign-up is closed
SOCIALACCOUNT_ADAPTER = "sprega.foundation.accounts.adapter.ProviderAdapter"
SOCIALACCOUNT_PROVIDERS = providers(CLUSTER.folder)
SOCIALACCOUNT_EMAIL_AUTHENTICATION_AUTO_CONNECT = True
SOCIALACCOUNT_STORE_TOKENS = False
# Who must have a second factor on every page; others are asked before the first confidential figure.
SECOND_FACTOR_ALWAYS = frozenset() if CLUSTER.practice else frozenset({"office", "desk", "key_holder"})
# Letters wait in the outbox until SPREGA_SMTP_URL names a server; in the practice cluster none ever leaves.
POST = mail_server(
    CLUSTER.secret("smtp_url", str),
    sender=os.environ.get("SPREGA_MAIL_FROM", ""),
    bounces=os.environ.get("SPREGA_MAIL_BOUNCES", ""),
    hosts=CLUSTER.hosts,
    practice=CLUSTER.practice,
)
EMAIL_BACKEND, DEFAULT_FROM_EMAIL, SERVER_EMAIL = POST.backend, POST.sender, POST.sender
EMAIL_HOST, EMAIL_PORT, EMAIL_USE_TLS, EMAIL_USE_SSL = POST.host, POST.port, POST.starttls, POST.tls
EMAIL_HOST_USER, EMAIL_HOST_PASSWORD, EMAIL_TIMEOUT = POST.user, POST.password, 20
# Shared by all processes, so that attempts are counted wherever they arrive.
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "accounts_cache",
        "OPTIONS": {"MAX_ENTRIES": 20_000},
    }
}
