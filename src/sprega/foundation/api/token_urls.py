# SPDX-License-Identifier: EUPL-1.2
from django.urls import path

from sprega.foundation.api import pages

app_name = "tokens"
urlpatterns = [
    path("", pages.token_list, name="list"),
    path("new/", pages.make, name="make"),
    path("<uuid:token>/end/", pages.end, name="end"),
]
