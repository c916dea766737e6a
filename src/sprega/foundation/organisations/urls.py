# SPDX-License-Identifier: EUPL-1.2
from django.urls import path

from sprega.foundation.organisations import pages, proposal_pages

app_name = "organisations"
urlpatterns = [
    path("people/", pages.people, name="people"),
    path("people/give/", pages.give, name="give"),
    path("people/<int:representation>/end/", pages.end, name="end"),
    path("proposals/", proposal_pages.proposal_list, name="proposals"),
    path("proposals/<int:proposal>/", proposal_pages.decide, name="decide"),
]
