# SPDX-License-Identifier: EUPL-1.2
"""All that is kept about persons: what the foundation's apps and the rooms declare, in one list."""

from __future__ import annotations

from functools import cache

from django.apps import apps
from django.utils.module_loading import autodiscover_modules

from sprega.foundation.room import PersonalData


@cache
def declarations() -> tuple[PersonalData, ...]:
    """`PERSONAL_DATA` of each `personal_data.py`, rooms last: what rests on others is later."""
    autodiscover_modules("personal_data")
    found = tuple(
        declaration
        for app in apps.get_app_configs()
        for declaration in getattr(getattr(app.module, "personal_data", None), "PERSONAL_DATA", ())
    )
    names = [declaration.name for declaration in found]
    if len(set(names)) < len(names):
        raise ValueError(f"two kinds of personal data have one name: {sorted(names)}")
    return found


def declared(name: str) -> PersonalData:
    """The one of a name."""
    return next(one for one in declarations() if one.name == name)
