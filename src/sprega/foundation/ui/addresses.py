# SPDX-License-Identifier: EUPL-1.2
"""Addresses of pages by their names, and addresses that somebody sent."""

from __future__ import annotations

from functools import lru_cache

from django.http import HttpRequest
from django.urls import NoReverseMatch, URLResolver, get_resolver, get_script_prefix, get_urlconf, reverse
from django.utils.http import url_has_allowed_host_and_scheme


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


def own_address(request: HttpRequest, address: str, otherwise: str = "/") -> str:
    """The address if it leads to this very host, else the other."""
    safe = url_has_allowed_host_and_scheme(address, {request.get_host()}, require_https=request.is_secure())
    return address if safe else otherwise
