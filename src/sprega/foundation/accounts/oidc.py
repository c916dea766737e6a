# SPDX-License-Identifier: EUPL-1.2
"""Sign-in by an organisation's own provider (OpenID Connect), as the cluster's folder says in `oidc.json`.

For example, for Microsoft Entra:

    [{"id": "entra", "name": "Microsoft", "client_id": "...", "secret": "...",
      "server_url": "https://login.microsoftonline.com/TENANT/v2.0", "domains": ["example.org"]}]

`domains` lists the address domains for which the provider is believed. The secret may stand in the
environment instead, as SPREGA_OIDC_<ID>_SECRET.
"""

from __future__ import annotations

import json
import os
import re
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from sprega.engines.model import EngineError, Sentence

ANY_TENANT = {"common", "organizations", "consumers"}
IDENTIFIER = re.compile(r"[a-z][a-z0-9-]*\Z")


def providers(folder: Path) -> dict[str, Any]:
    """The providers of a cluster, as allauth's setting SOCIALACCOUNT_PROVIDERS has them."""
    path = folder / "oidc.json"
    if not path.exists():
        return {}
    try:
        kept = json.loads(path.read_text("utf-8"))
        apps = [_app(entry) for entry in kept]
    except (ValueError, KeyError, TypeError) as error:
        sentence = Sentence(
            "{file} cannot be read ({reason}).",
            {"file": path, "reason": repr(error)},
        )
        raise EngineError(sentence) from error
    return {"openid_connect": {"APPS": apps, "OAUTH_PKCE_ENABLED": True}}


def _app(entry: dict[str, Any]) -> dict[str, Any]:
    name, server, domains = entry["id"], entry["server_url"], entry["domains"]
    if not IDENTIFIER.match(name):
        raise ValueError(f"id {name!r} is not made of lower-case letters, digits and hyphens")
    address = urlsplit(server)
    if address.scheme != "https":
        raise ValueError(f"server_url {server!r} does not begin with https://")
    if ANY_TENANT.intersection(address.path.split("/")):
        # whoever owns any tenant could claim any address there
        raise ValueError(f"server_url {server!r} lets every tenant in: write your own tenant's id")
    if not domains or not all(isinstance(domain, str) and "." in domain for domain in domains):
        raise ValueError("domains must list at least one address domain")
    secret = os.environ.get(f"SPREGA_OIDC_{name.upper().replace('-', '_')}_SECRET") or entry["secret"]
    return {
        "provider_id": name,
        "name": entry["name"],
        "client_id": entry["client_id"],
        "secret": secret,
        "settings": {
            "server_url": server,
            "verified_email": [domain.lower() for domain in domains],
            "email_authentication": True,
        },
    }
