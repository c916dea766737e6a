# SPDX-License-Identifier: EUPL-1.2
"""The letters of this app; each leaves through `send`, once what it tells of is committed."""

from __future__ import annotations

from django.conf import settings
from django.core import mail
from django.db import transaction
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation

from sprega.foundation.accounts.models import Invitation


def send(*, to: str, subject: str, text: str, language: str) -> None:
    """Send a letter after the commit."""
    transaction.on_commit(lambda: mail.send_mail(subject, text, None, [to]), robust=True)


def send_invitation(*, invitation: Invitation, token: str) -> None:
    """The letter with the link that accepts the invitation."""
    with translation.override(invitation.language):
        context = {
            "invitation": invitation,
            "title": cluster_title(),
            "url": cluster_address(reverse("accounts:accept-invitation", args=[token])),
        }
        subject, _blank, text = render_to_string("accounts/mail/invitation.txt", context).partition("\n\n")
    send(to=invitation.email, subject=subject.strip(), text=text, language=invitation.language)


def cluster_title() -> str:
    """The cluster's name in the language now spoken."""
    titles = settings.CLUSTER.title
    return titles.get(translation.get_language() or "") or next(iter(titles.values()))


def cluster_address(path: str) -> str:
    """The whole address of a page, for a letter; never taken from a request, which could name any host."""
    hosts = settings.CLUSTER.hosts
    return f"https://{hosts[0]}{path}" if hosts else f"http://127.0.0.1:{settings.CLUSTER.port}{path}"
