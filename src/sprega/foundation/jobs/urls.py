# SPDX-License-Identifier: EUPL-1.2
from django.urls import path

from sprega.foundation.jobs import pages

app_name = "jobs"
urlpatterns = [
    path("", pages.run_list, name="list"),
    path("failed/", pages.failed, name="failed"),
    path("<uuid:run>/", pages.run, name="run"),
    path("<uuid:run>/progress/", pages.progress, name="progress"),
    path("<uuid:run>/cancel/", pages.cancel, name="cancel"),
    path("<uuid:run>/again/", pages.again, name="again"),
]
