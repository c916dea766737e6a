# SPDX-License-Identifier: EUPL-1.2
"""Where everything is found: the foundation's pages, then each room under its own name."""

from importlib import import_module
from importlib.util import find_spec

from django.conf import settings
from django.urls import include, path

urlpatterns = [
    path(f"{room.rpartition('.')[2]}/", include(import_module(f"{room}.urls")))
    for room in settings.ROOMS
    if find_spec(f"{room}.urls")
]
