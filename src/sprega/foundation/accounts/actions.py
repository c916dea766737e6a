# SPDX-License-Identifier: EUPL-1.2
"""Inviting people, accepting an invitation, and what a person changes about themselves."""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta
from enum import StrEnum
from hashlib import sha256

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from sprega.foundation.access.identity import NOBODY, Actor, acting
from sprega.foundation.access.services import acting_as
from sprega.foundation.accounts import mails
from sprega.foundation.accounts.models import Invitation, Person
from sprega.foundation.accounts.services import ACCEPT_INVITATION
from sprega.foundation.ledger.actions import record
from sprega.foundation.organisations.actions import tell_colleagues
from sprega.foundation.organisations.models import Organisation, Representation
from sprega.foundation.organisations.proposals import put_forward
from sprega.foundation.organisations.rules import check_apart, check_role_belongs

VALID_FOR = timedelta(days=14)
SAME_CLICK = timedelta(minutes=1)
"""What is repeated within it is taken for a double click: an invitation makes no second letter, accepting it
once more gets the same answer."""


class Closed(StrEnum):
    """Why an invitation cannot be accepted."""

    UNKNOWN = "unknown"
    EXPIRED = "expired"
    ACCEPTED = "accepted"
    WITHDRAWN = "withdrawn"
    INVITER_LEFT = "inviter-left"
    OTHER_ADDRESS = "other-address"
    HAS_ACCOUNT = "has-account"
    NEEDS_THE_HEAD = "needs-the-head"


class InvitationClosed(Exception):
    """An invitation cannot be accepted; `why` decides what the page advises."""

    def __init__(self, why: Closed) -> None:
        super().__init__(why.value)
        self.why = why


def invite(
    *, actor: Actor, organisation: Organisation, role: str, email: str, language: str = "en"
) -> Invitation:
    """Invite somebody to act for an organisation: the office for any, a head for the own one."""
    require_may_invite(actor, organisation, role)
    check_role_belongs(organisation, role)
    email, now = email.strip().lower(), timezone.now()
    with acting(actor):
        known = Person.objects.filter(email=email).first()
        if known is not None and not _is_head(actor.person_id, organisation):
            check_apart(known, organisation, role)
        held = Representation.objects.in_force(now).filter(
            person__email=email, organisation=organisation, role=role
        )
        if held.exists():
            raise ValidationError(_("This person already acts for the organisation in this role."))
        same = Invitation.objects.filter(
            organisation=organisation, role=role, email=email, accepted_at=None, withdrawn_at=None
        )
        earlier = same.select_for_update().first()
        if earlier is not None:
            if earlier.waiting and earlier.created_at > now - SAME_CLICK:
                return earlier
            earlier.withdrawn_at = now
            earlier.save(update_fields=["withdrawn_at"])
        token = secrets.token_urlsafe(32)
        invitation = Invitation(
            organisation=organisation,
            role=role,
            email=email,
            language=language,
            invited_by_id=actor.person_id,
            token_hash=_hash(token),
            created_at=now,
            expires_at=now + VALID_FOR,
        )
        try:
            with transaction.atomic():
                invitation.save()
        except IntegrityError:  # the other click of a double click was faster
            return same.get()
        record(
            kind="accounts.invited",
            actor=actor,
            subject=organisation.pk,
            about=invitation.pk,
            facts={"role": str(role)},
        )
        mails.send_invitation(actor=actor, invitation=invitation, token=token)
    return invitation


def withdraw_invitation(*, actor: Actor, invitation: int) -> Invitation:
    """Make an invitation's link useless; once accepted, a representation is ended instead."""
    with acting(actor):
        kept = (
            Invitation.objects.select_for_update(of=("self",))
            .select_related("organisation")
            .get(pk=invitation)
        )
        require_may_invite(actor, kept.organisation, kept.role)
        if kept.accepted_at is not None:
            raise ValidationError(
                _("This invitation was accepted in the meantime. End the representation instead.")
            )
        if kept.withdrawn_at is None:
            kept.withdrawn_at = timezone.now()
            kept.save(update_fields=["withdrawn_at"])
            record(
                kind="accounts.invitation_withdrawn",
                actor=actor,
                subject=kept.organisation_id,
                about=kept.pk,
                facts={"role": kept.role},
            )
    return kept


def find_invitation(*, token: str) -> Invitation:
    """The invitation of a link, if it can be accepted."""
    with acting_as(ACCEPT_INVITATION, actor=NOBODY):
        invitation = _of_token(token)
        _check_open(invitation)
    return invitation


def has_account(invitation: Invitation) -> bool:
    """Whether somebody signs in with the invited address already."""
    return Person.objects.filter(email__iexact=invitation.email).exists()


def accept_invitation(
    *,
    token: str,
    person: Person | None = None,
    name: str = "",
    password: str = "",
    language: str = "en",
) -> tuple[Invitation, Person]:
    """Accept an invitation, as the signed-in person with that address or as somebody new.

    Twice is once: the second submit of whoever accepted it gets the same answer.
    """
    with acting_as(ACCEPT_INVITATION, actor=NOBODY):
        invitation = _of_token(token, lock=True)
        if invitation.accepted_by is not None:
            again = invitation.accepted_by
            # later a password alone does not open the account here: signing in asks for the second factor too
            same_click = again.is_active and again.joined_at > timezone.now() - SAME_CLICK
            if again == person or (person is None and same_click and again.check_password(password)):
                return invitation, again
        _check_open(invitation)
        if person is None:
            if has_account(invitation):
                raise InvitationClosed(Closed.HAS_ACCOUNT)
            try:
                person = Person.objects.create_user(
                    invitation.email, password, name=one_line(name), language=language
                )
            except IntegrityError as error:  # another invitation of theirs was accepted this very moment
                raise InvitationClosed(Closed.HAS_ACCOUNT) from error
        elif person.email.lower() != invitation.email:
            raise InvitationClosed(Closed.OTHER_ADDRESS)
        _fulfil(invitation, person)
    return invitation, person


def accept_by_address(*, address: str, name: str) -> Person | None:
    """Accept all that was promised to an address that a trusted provider verified; None if nothing was."""
    with acting_as(ACCEPT_INVITATION, actor=NOBODY):
        waiting = (
            Invitation.objects.waiting()
            .select_for_update(of=("self",))
            .select_related("organisation", "invited_by")
            .filter(email=address.strip().lower())
        )
        promised = [invitation for invitation in waiting if _inviter_may_still(invitation)]
        if not promised:
            return None
        person = Person.objects.create_user(address, None, name=one_line(name), language=promised[0].language)
        for invitation in promised:
            _fulfil(invitation, person)
    return person


def change_profile(*, actor: Actor, name: str, language: str, theme: str) -> None:
    """A person's own name, language and theme."""
    if actor.person_id is None:
        raise PermissionDenied(_("Sign in first."))
    with acting(actor):
        Person.objects.filter(pk=actor.person_id).update(name=one_line(name), language=language, theme=theme)
        record(kind="accounts.profile_changed", actor=actor)


def one_line(name: str) -> str:
    """A name as it stands in letters to others: no lines of one's own, nothing that turns the text around."""
    return " ".join("".join(sign if sign.isprintable() else " " for sign in name).split())[:120]


def require_may_invite(actor: Actor, organisation: Organisation, role: str) -> None:
    """The office invites for every organisation, a head for the own one, and not into the cluster's roles."""
    role_here = Representation.Role
    if actor.has(role_here.OFFICE):
        return
    own = actor.organisation_id == organisation.pk and actor.has(role_here.LEAD)
    if not own or role in Representation.OF_THE_CLUSTER:
        raise PermissionDenied(_("Your role does not allow this. Ask the cluster office who may do it."))


def _of_token(token: str, *, lock: bool = False) -> Invitation:
    found = Invitation.objects.select_related("organisation", "invited_by", "accepted_by")
    if lock:
        found = found.select_for_update(of=("self",))
    invitation = found.filter(token_hash=_hash(token)).first()
    if invitation is None:
        raise InvitationClosed(Closed.UNKNOWN)
    return invitation


def _check_open(invitation: Invitation) -> None:
    if invitation.accepted_at is not None:
        raise InvitationClosed(Closed.ACCEPTED)
    if invitation.withdrawn_at is not None:
        raise InvitationClosed(Closed.WITHDRAWN)
    if invitation.expires_at <= timezone.now():
        raise InvitationClosed(Closed.EXPIRED)
    if not _inviter_may_still(invitation):
        raise InvitationClosed(Closed.INVITER_LEFT)


def _inviter_may_still(invitation: Invitation) -> bool:
    """Whoever has lost the right to invite leaves no open door behind."""
    held = Representation.objects.in_force().filter(person=invitation.invited_by)
    if held.filter(role=Representation.Role.OFFICE).exists():
        return True
    lead = held.filter(organisation=invitation.organisation, role=Representation.Role.LEAD)
    return invitation.role not in Representation.OF_THE_CLUSTER and lead.exists()


def _fulfil(invitation: Invitation, person: Person) -> None:
    """Give what is promised, or lay it before the board, in the person's own name; close the invitation."""
    now: datetime = timezone.now()
    with acting_as(ACCEPT_INVITATION, actor=Actor(person.pk)) as identity:
        promised = {"person": person, "organisation": invitation.organisation, "role": invitation.role}
        held = Representation.objects.filter(**promised, ends_at=None).exists()
        if not held and invitation.role in Representation.TWO_PAIRS_OF_EYES:
            put_forward(actor=identity, **promised, proposed_by=invitation.invited_by_id)
        elif not held:
            head = invitation.invited_by
            if not _is_head(head.pk, invitation.organisation):
                head = None
                _check_apart(invitation, person)
            given = Representation.objects.create(**promised, starts_at=now, accepted_by=head)
            tell_colleagues(actor=identity, given=given)
        invitation.accepted_at, invitation.accepted_by = now, person
        invitation.save(update_fields=["accepted_at", "accepted_by"])
        record(
            kind="accounts.invitation_accepted",
            actor=identity,
            subject=invitation.organisation_id,
            about=invitation.pk,
            facts={"role": invitation.role},
        )


def _is_head(person: int | None, organisation: Organisation) -> bool:
    """Whether a person is the head of an organisation at this moment."""
    held = Representation.objects.in_force().filter(person=person, organisation=organisation)
    return held.filter(role=Representation.Role.LEAD).exists()


def _check_apart(invitation: Invitation, person: Person) -> None:
    """Whoever came to the office since they were invited needs the head's own invitation now."""
    try:
        check_apart(person, invitation.organisation, invitation.role)
    except ValidationError as error:
        raise InvitationClosed(Closed.NEEDS_THE_HEAD) from error


def _hash(token: str) -> str:
    return sha256(token.encode()).hexdigest()
