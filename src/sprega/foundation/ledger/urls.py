# SPDX-License-Identifier: EUPL-1.2
from django.urls import path

from sprega.foundation.ledger import pages

app_name = "ledger"
urlpatterns = [
    path("", pages.events, name="events"),
    path("<int:event>/", pages.event, name="event"),
    path("<int:event>/proof.json", pages.proof, name="proof"),
    path("checkpoints/", pages.checkpoints, name="checkpoints"),
    path("checkpoints/<int:size>.txt", pages.checkpoint, name="checkpoint"),
    path("keys.txt", pages.keys, name="keys"),
]
