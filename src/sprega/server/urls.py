# SPDX-License-Identifier: EUPL-1.2
"""Where everything is found: the foundation's pages, then each room under its own name."""

from importlib import import_module
from importlib.util import find_spec

from django.conf import settings
from django.urls import include, path

# Pages for what went wrong ask the database nothing.
handler400 = "sprega.foundation.ui.errors.bad_request"
handler403 = "sprega.foundation.ui.errors.permission_denied"
handler404 = "sprega.foundation.ui.errors.page_not_found"
handler500 = "sprega.foundation.ui.errors.server_error"

urlpatterns = [
    path("", include("sprega.foundation.ui.urls")),
    path("accounts/", include("sprega.foundation.accounts.urls")),
    path("accounts/", include("sprega.foundation.accounts.allauth_urls")),
    path("accounts/tokens/", include("sprega.foundation.api.token_urls")),
    path("api/", include("sprega.foundation.api.urls")),
    path("organisations/", include("sprega.foundation.organisations.urls")),
    path("mail/", include("sprega.foundation.mail.urls")),
    path("events/", include("sprega.foundation.ledger.urls")),
    path("figures/", include("sprega.foundation.access.urls")),
    path("notices/", include("sprega.foundation.notices.urls")),
    path("search/", include("sprega.foundation.search.urls")),
    path("files/", include("sprega.foundation.files.urls")),
    path("work/", include("sprega.foundation.jobs.urls")),
    path("personal-data/", include("sprega.foundation.personal.urls")),
    *(
        path(f"{room.rpartition('.')[2]}/", include(import_module(f"{room}.urls")))
        for room in settings.ROOMS
        if find_spec(f"{room}.urls")
    ),
]
