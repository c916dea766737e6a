# SPDX-License-Identifier: EUPL-1.2
"""Where allauth asks the house: closed sign-up, letters in the reader's language, encrypted secrets."""

from __future__ import annotations

from base64 import urlsafe_b64encode
from functools import cache
from hashlib import sha256
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.models import SocialLogin
from cryptography.fernet import Fernet
from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from sprega.foundation.access.identity import NOBODY
from sprega.foundation.access.middleware import identify
from sprega.foundation.accounts import actions
from sprega.foundation.accounts.models import Person
from sprega.foundation.mail.actions import queue
from sprega.foundation.mail.write import cluster_title, known_language, words_of

OPENS = ("password_reset_key", "email_confirmation")
"""Letters with a link that opens something to whoever holds it."""


def today() -> str:
    """Where a person lands."""
    return reverse("ui:today")


class AccountAdapter(DefaultAccountAdapter):
    """Signing in and out, and the letters about it."""

    # in place of sentences that do not say what to do
    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "email_password_mismatch": _(
            "Address or password is wrong. Type both again, or ask for a new password."
        ),
        "too_many_login_attempts": _(
            "There were too many attempts. Wait five minutes, or ask for a new password."
        ),
        "incorrect_password": _("This is not your password. Type it again."),
        "enter_current_password": _("This is not your password. Type it again."),
        "incorrect_code": _("This code is wrong. It changes every half minute: type the one shown now."),
        "email_taken": _("Somebody signs in with this address already. Choose another."),
        "rate_limited": _("There were too many attempts. Wait five minutes."),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Never: who comes in was invited."""
        return False

    def login(self, request: HttpRequest, user: Person) -> None:
        """Sign in; the rest of the request is already the person's."""
        super().login(request, user)
        identify(request)

    def logout(self, request: HttpRequest) -> None:
        """Sign out; the rest of the request is nobody's."""
        super().logout(request)
        identify(request)

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        """Today."""
        return today()

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        """Back to the account."""
        return reverse("accounts:account")

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """A letter in the language of the person who has the address."""
        person = Person.objects.filter(email__iexact=email).first()
        language = known_language(person.language if person else translation.get_language() or "")
        with translation.override(language):
            letter = self.render_mail(template_prefix, email, {"title": cluster_title(), **context})
        queue(
            actor=getattr(self.request, "actor", NOBODY),
            to=email,
            kind=template_prefix,
            words=words_of(letter.subject, str(letter.body), language),
            language=language,
            secret=template_prefix.endswith(OPENS),
        )


class SecondFactorAdapter(DefaultMFAAdapter):
    """Keeps secrets of second factors encrypted: a stolen database alone shows none."""

    error_messages = {
        **DefaultMFAAdapter.error_messages,
        "incorrect_code": AccountAdapter.error_messages["incorrect_code"],
    }

    def get_totp_issuer(self) -> str:
        """What the authenticator app calls this cluster."""
        return cluster_title()

    def encrypt(self, text: str) -> str:
        """Encrypt with the key in the cluster's folder."""
        return _cipher().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        """Decrypt with the same key."""
        return _cipher().decrypt(encrypted_text.encode()).decode()


@cache
def _cipher() -> Fernet:
    secret = settings.CLUSTER.secret("second_factor_key")
    return Fernet(urlsafe_b64encode(sha256(secret.encode()).digest()))


class ProviderAdapter(DefaultSocialAccountAdapter):
    """Sign-in by a provider: for persons who exist, or whose verified address an open invitation names."""

    def is_open_for_signup(self, request: HttpRequest, sociallogin: SocialLogin) -> bool:
        """Never: who comes in was invited."""
        return False

    def can_authenticate_by_email(self, login: SocialLogin, email: str) -> bool:
        """Only addresses of the domains for which the provider is believed, whatever else it says."""
        return super().can_authenticate_by_email(login, email) and self.is_email_verified(
            login.provider, email
        )

    def pre_social_login(self, request: HttpRequest, sociallogin: SocialLogin) -> None:
        """Accept the invitations of a verified address that nobody here has yet."""
        if sociallogin.is_existing or request.user.is_authenticated:
            return
        for address in sociallogin.email_addresses:
            trusted = address.verified and self.can_authenticate_by_email(sociallogin, address.email)
            if trusted and not Person.objects.filter(email__iexact=address.email).exists():
                name = (sociallogin.account.extra_data.get("userinfo") or {}).get("name")
                person = actions.accept_by_address(address=address.email, name=str(name or ""))
                if person is not None:
                    sociallogin.connect(request, person)
                    return
