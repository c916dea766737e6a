# SPDX-License-Identifier: EUPL-1.2
from django.urls import path

from sprega.foundation.search import pages

app_name = "search"
urlpatterns = [path("", pages.results, name="results")]
