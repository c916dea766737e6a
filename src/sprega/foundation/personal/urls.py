# SPDX-License-Identifier: EUPL-1.2
from django.urls import path

from sprega.foundation.personal import pages

app_name = "personal"
urlpatterns = [
    path("", pages.kept, name="kept"),
    path("mine/", pages.mine, name="mine"),
    path("mine/export/", pages.export, name="export"),
    path("mine/export/<uuid:export>/", pages.download, name="download"),
    path("mine/erase/", pages.erase, name="erase"),
]
