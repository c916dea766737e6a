# SPDX-License-Identifier: EUPL-1.2
from django.urls import path

from sprega.foundation.mail import pages

app_name = "mail"
urlpatterns = [
    path("", pages.outbox, name="outbox"),
    path("<uuid:mail>/", pages.letter, name="letter"),
    path("<uuid:mail>/html", pages.letter_html, name="html"),
    path("<uuid:mail>/again", pages.again, name="again"),
]
