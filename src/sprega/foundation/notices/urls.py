# SPDX-License-Identifier: EUPL-1.2
from django.urls import path

from sprega.foundation.notices import pages

app_name = "notices"
urlpatterns = [
    path("", pages.notice_list, name="list"),
    path("read/", pages.read_all, name="read-all"),
    path("choice/", pages.choice, name="choice"),
    path("<uuid:notice>/", pages.open_notice, name="open"),
]
