# SPDX-License-Identifier: EUPL-1.2
from django.urls import path

from sprega.foundation.files import pages

app_name = "files"
urlpatterns = [
    path("", pages.file_list, name="list"),
    path("upload/", pages.upload, name="upload"),
    path("of-a-member/", pages.of_a_member, name="of-a-member"),
    path("<uuid:file>/", pages.download, name="download"),
    path("<uuid:file>/look/", pages.look, name="look"),
    path("<uuid:file>/change/", pages.change, name="change"),
    path("<uuid:file>/delete/", pages.delete, name="delete"),
]
