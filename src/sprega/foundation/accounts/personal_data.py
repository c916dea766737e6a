# SPDX-License-Identifier: EUPL-1.2
"""What this app keeps about a person: account, ways to sign in, sessions, invitations, links of letters."""

from __future__ import annotations

import secrets

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from allauth.usersessions.models import UserSession
from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.models import Session
from django.db import connection
from django.db.models import Q
from django.utils import timezone
from django.utils.text import format_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from sprega.foundation.accounts.models import Invitation, Link, Person
from sprega.foundation.accounts.queries import addresses, given_addresses
from sprega.foundation.retention import INVITATIONS, LINKS
from sprega.foundation.room import Basis, PersonalData


def account(person: int) -> list[dict[str, object]]:
    """Name, addresses and choices."""
    kept = Person.objects.get(pk=person)
    return [
        {
            _("Name"): kept.name,
            _("E-mail addresses"): ", ".join((*addresses(person), *given_addresses(person))),
            _("Language"): kept.language,
            _("Theme"): kept.get_theme_display(),
            _("Joined"): kept.joined_at,
            _("Last signed in"): kept.last_login,
        }
    ]


def erase_account(person: int) -> int:
    """Free the address and forget the name: only a number is left, to which what was done still points."""
    EmailAddress.objects.filter(user=person).delete()
    kept = Person.objects.get(pk=person)
    kept.email, kept.name = f"erased-{secrets.token_hex(8)}@erased.invalid", ""
    kept.set_unusable_password()  # ends each session that another device still holds
    kept.language, kept.theme, kept.practice_role = "en", Person.Theme.SYSTEM, ""
    kept.is_active, kept.last_login, kept.erased_at = False, None, timezone.now()
    kept.save()
    return 1


def ways(person: int) -> list[dict[str, object]]:
    """The second factor and the provider's account; the secrets themselves would help a thief only."""
    factors = [
        {_("What"): one.get_type_display(), _("Since"): one.created_at, _("Last used"): one.last_used_at}
        for one in Authenticator.objects.filter(user=person)
    ]
    providers = [
        {_("What"): one.provider, _("Since"): one.date_joined, _("Last used"): one.last_login}
        for one in SocialAccount.objects.filter(user=person)
    ]
    return factors + providers


def erase_ways(person: int) -> int:
    """Forget them."""
    gone = Authenticator.objects.filter(user=person).delete()[0]
    return gone + SocialAccount.objects.filter(user=person).delete()[0]


def sessions(person: int) -> list[dict[str, object]]:
    """Where the person is signed in."""
    return [
        {
            _("Since"): one.created_at,
            _("Last seen"): one.last_seen_at,
            _("Network address"): one.ip,
            _("Browser"): one.user_agent,
        }
        for one in UserSession.objects.filter(user=person)
    ]


def end_sessions(person: int) -> int:
    """Sign the person out everywhere."""
    mine = [
        kept.pk
        for kept in Session.objects.filter(expire_date__gt=timezone.now()).iterator()
        if kept.get_decoded().get(SESSION_KEY) == str(person)
    ]
    gone = UserSession.objects.filter(user=person).delete()[0]
    return gone + Session.objects.filter(pk__in=mine).delete()[0]


def forget_sessions() -> int:
    """Delete sessions that ended by themselves, and their lines in the list of sessions."""
    gone = Session.objects.filter(expire_date__lt=timezone.now()).delete()[0]
    return gone + UserSession.objects.exclude(session_key__in=Session.objects.values("pk")).delete()[0]


def attempts(person: int) -> list[dict[str, object]]:
    """What is counted of a person; what is counted of a network address names nobody."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT cache_key, expires FROM accounts_cache WHERE cache_key LIKE %s ORDER BY expires",
            [f"%:user:{person}"],
        )
        return [{_("What"): key.split(":")[-4], _("Good until"): until} for key, until in cursor.fetchall()]


def erase_attempts(person: int) -> int:
    """Forget what is counted of the person."""
    return _delete_attempts("cache_key LIKE %s", f"%:user:{person}")


def forget_attempts() -> int:
    """Delete counts that no longer count, with the network addresses in them."""
    return _delete_attempts("expires < %s", timezone.now())


def _delete_attempts(condition: str, value: object) -> int:
    with connection.cursor() as cursor:
        cursor.execute(f"DELETE FROM accounts_cache WHERE {condition}", [value])  # noqa: S608 - ours, see above
        return cursor.rowcount


def invitations(person: int) -> list[dict[str, object]]:
    """Those that came to the person, and those that they wrote."""
    known = Q(email__in=addresses(person)) | Q(accepted_by=person) | Q(invited_by=person)
    return [
        {
            _("To"): one.email,
            _("Organisation"): str(one.organisation),
            _("Role"): one.get_role_display(),
            _("Written"): one.created_at,
            _("Accepted"): one.accepted_at,
        }
        for one in Invitation.objects.filter(known).select_related("organisation")
    ]


def erase_invitations(person: int) -> int:
    """Delete those that came to the person, and those of theirs that nobody has accepted."""
    mine = Q(email__in=addresses(person)) | Q(accepted_by=person)
    return Invitation.objects.filter(mine | Q(invited_by=person, accepted_at=None)).delete()[0]


def forget_invitations() -> int:
    """Delete those whose link has been useless for long."""
    return Invitation.objects.filter(expires_at__lt=timezone.now() - INVITATIONS).delete()[0]


def links(person: int) -> list[dict[str, object]]:
    """Links in letters to the person that serve one purpose."""
    return [
        {_("What for"): one.purpose, _("Made"): one.made_at, _("Good until"): one.expires_at}
        for one in Link.objects.filter(person=person)
    ]


def erase_links(person: int) -> int:
    """Make them useless and forget them."""
    return Link.objects.filter(person=person).delete()[0]


def forget_links() -> int:
    """Delete those that expired long ago."""
    return Link.objects.filter(expires_at__lt=timezone.now() - LINKS).delete()[0]


PERSONAL_DATA = (
    PersonalData(
        name="account",
        label=gettext_lazy("Your account"),
        purpose=gettext_lazy("So that you can sign in, and are addressed by name and in your language."),
        basis=Basis.INTEREST,
        kept_for=gettext_lazy("until you erase your account"),
        tables=("accounts_person", "account_emailaddress", "account_emailconfirmation"),
        collect=account,
        erase=erase_account,
        stays=gettext_lazy("A number without name or address, to which dated decisions still point."),
    ),
    PersonalData(
        name="ways-to-sign-in",
        label=gettext_lazy("Second factor, and your account at a provider"),
        purpose=gettext_lazy("So that a stolen password alone opens nothing."),
        basis=Basis.INTEREST,
        kept_for=gettext_lazy("until you switch it off or erase your account"),
        tables=("mfa_authenticator", "socialaccount_socialaccount", "socialaccount_socialtoken"),
        collect=ways,
        erase=erase_ways,
    ),
    PersonalData(
        name="sessions",
        label=gettext_lazy("Where you are signed in"),
        purpose=gettext_lazy("So that you find and end sessions that are not yours."),
        basis=Basis.INTEREST,
        kept_for=gettext_lazy("until the session ends, two weeks after you last signed in at the latest"),
        tables=("usersessions_usersession", "django_session"),
        collect=sessions,
        erase=end_sessions,
        forget=forget_sessions,
    ),
    PersonalData(
        name="attempts",
        label=gettext_lazy("How often something was tried, by network address or account"),
        purpose=gettext_lazy("So that nobody guesses passwords or links by trying."),
        basis=Basis.INTEREST,
        kept_for=gettext_lazy("minutes, an hour at the most; deleted the night after"),
        tables=(),
        collect=attempts,
        erase=erase_attempts,
        forget=forget_attempts,
    ),
    PersonalData(
        name="invitations",
        label=gettext_lazy("Invitations to you, and by you"),
        purpose=gettext_lazy("So that only those come in whom somebody entitled has asked."),
        basis=Basis.INTEREST,
        kept_for=format_lazy(gettext_lazy("{days} days after the link expired"), days=INVITATIONS.days),
        tables=("accounts_invitation",),
        collect=invitations,
        erase=erase_invitations,
        stays=gettext_lazy("Invitations by you that somebody accepted, without your name, for their time."),
        forget=forget_invitations,
    ),
    PersonalData(
        name="links",
        label=gettext_lazy("Links in letters that answer without signing in"),
        purpose=gettext_lazy("So that one click in a letter answers a question, and only that one."),
        basis=Basis.INTEREST,
        kept_for=format_lazy(gettext_lazy("{days} days after the link expired"), days=LINKS.days),
        tables=("accounts_link",),
        collect=links,
        erase=erase_links,
        forget=forget_links,
    ),
)
