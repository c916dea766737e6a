# SPDX-License-Identifier: EUPL-1.2
"""Addresses of pages by their names."""

from __future__ import annotations

from functools import lru_cache

from django.urls import NoReverseMatch, URLResolver, get_resolver, get_script_prefix, get_urlconf, reverse


def address_of(name: str) -> str:
    """The address of a page that takes no arguments, or nothing where no such page is installed."""
    return _address_of(name, get_resolver(get_urlconf()), get_script_prefix())


@lru_cache(maxsize=512)
def _address_of(name: str, resolver: URLResolver, prefix: str) -> str:
    """Looked up once: the shell of every page names the same dozen."""
    try:
        return reverse(name)
    except NoReverseMatch:
        return ""
