# SPDX-License-Identifier: EUPL-1.2
from django.urls import path

from sprega.foundation.ui import charts, pages, preferences

app_name = "ui"
urlpatterns = [
    path("", pages.first_page, name="home"),
    path("today", pages.today, name="today"),
    path("gallery", pages.gallery, name="gallery"),
    path("language", preferences.choose_language, name="language"),
    path("theme", preferences.choose_theme, name="theme"),
    path("vega-<str:number>.js", charts.vega, name="vega"),
]
