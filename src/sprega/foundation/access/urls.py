# SPDX-License-Identifier: EUPL-1.2
from django.urls import path

from sprega.foundation.access import pages

app_name = "access"
urlpatterns = [
    path("", pages.totals, name="totals"),
    path("rule/", pages.rule, name="rule"),
    path("looks/", pages.looks, name="looks"),
    path("agreed/", pages.waivers, name="waivers"),
    path("agreed/give/", pages.waive, name="waive"),
    path("agreed/<int:waiver>/withdraw/", pages.withdraw, name="withdraw"),
]
