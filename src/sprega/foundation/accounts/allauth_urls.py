# SPDX-License-Identifier: EUPL-1.2
"""allauth's addresses, without those it keeps for older versions of itself."""

from django.urls import include, path

from sprega.foundation.accounts.pages import SetUpSecondFactor, SignOut, go_to_provider

urlpatterns = [
    path("logout/", SignOut.as_view(), name="account_logout"),
    path("", include("allauth.account.urls")),
    path("2fa/totp/activate/", SetUpSecondFactor.as_view(), name="mfa_activate_totp"),
    path("2fa/", include("allauth.mfa.urls")),
    path("sessions/", include("allauth.usersessions.urls")),
    path("providers/", include("allauth.socialaccount.urls")),
    path("providers/oidc/<str:provider_id>/login/", go_to_provider, name="openid_connect_login"),
    path("providers/", include("allauth.socialaccount.providers.openid_connect.urls")),
]
