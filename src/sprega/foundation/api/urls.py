# SPDX-License-Identifier: EUPL-1.2
from django.urls import path

from sprega.foundation.api import reference
from sprega.foundation.api.mount import api

app_name = "api"
urlpatterns = [path("", reference.reference, name="reference"), path("v1/", api.urls)]
