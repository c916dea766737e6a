# SPDX-License-Identifier: EUPL-1.2
from django.urls import path

from sprega.foundation.accounts import invitation_pages, pages

app_name = "accounts"
urlpatterns = [
    path("", pages.account, name="account"),
    path("second-factor/", pages.second_factor_page, name="second-factor"),
    path("organisation/", pages.switch_organisation, name="switch-organisation"),
    path("look-around/", pages.look_around, name="look-around"),
    path("invitations/", invitation_pages.invitations, name="invitations"),
    path("invitations/new/", invitation_pages.invite, name="invite"),
    path("invitations/<int:invitation>/withdraw/", invitation_pages.withdraw, name="withdraw-invitation"),
    path("invitation/<str:token>/", invitation_pages.accept, name="accept-invitation"),
]
