# SPDX-License-Identifier: EUPL-1.2
"""Which rooms offer something to programs."""

from __future__ import annotations

from collections.abc import Iterator
from importlib import import_module
from importlib.util import find_spec
from typing import TYPE_CHECKING

from django.conf import settings

if TYPE_CHECKING:
    from django.utils.functional import Promise


def rooms_with_api() -> Iterator[tuple[str, str]]:
    """Each such room by its part of the address, with its package."""
    for package in settings.ROOMS:
        if find_spec(f"{package}.api"):
            yield package.rpartition(".")[2], package


def titles() -> list[tuple[str, str | Promise]]:
    """What they are called, to choose from."""
    return [(name, import_module(f"{package}.room").ROOM.name) for name, package in rooms_with_api()]
