# SPDX-License-Identifier: EUPL-1.2
"""The letters of this app."""

from __future__ import annotations

from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation

from sprega.foundation.access.identity import Actor
from sprega.foundation.accounts.models import Invitation
from sprega.foundation.mail.actions import queue
from sprega.foundation.mail.write import cluster_address, cluster_title, words_of


def send_invitation(*, actor: Actor, invitation: Invitation, token: str) -> None:
    """The letter with the link that accepts the invitation."""
    with translation.override(invitation.language):
        context = {
            "invitation": invitation,
            "title": cluster_title(),
            "url": cluster_address(reverse("accounts:accept-invitation", args=[token])),
        }
        subject, _blank, text = render_to_string("accounts/mail/invitation.txt", context).partition("\n\n")
    queue(
        actor=actor,
        to=invitation.email,
        kind="accounts/invitation",
        words=words_of(subject, text, invitation.language),
        language=invitation.language,
        about=invitation.organisation,
        secret=True,
    )
