"""Inviting a household, by letter or by somebody who lives there, and coming in by it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID, uuid4

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from village.core import walls
from village.core.actor import SYSTEM, Actor
from village.core.errors import DomainError, Forbidden, NotFound
from village.core.limits import Budget
from village.entrance import codes, facts, policies
from village.entrance.actions.asking import take_asked
from village.entrance.actions.residency import raise_residency
from village.entrance.envelopes import Household
from village.entrance.models import Invitation, InvitationKind
from village.journal.actions import record, record_all
from village.residents.actions import join_village
from village.residents.models import Membership, Resident

LETTERS_MAX: Final = 500
DIGITS: Final = 12
# A letter lies in the hall for a while; an invitation is given from hand to hand.
LETTER_LASTS: Final = timedelta(days=60)
INVITATION_LASTS: Final = timedelta(days=7)
# Twelve digits and these many tries: a thousand codes are out, and one guess in 10^9 fits.
TRIES: Final = Budget("entrance.codes", 10, 3600)


class CodeNotGood(DomainError):
    """There is no such code, or it has been used, has expired or was taken back."""

    code = "entrance.code_not_good"
    status = 422


@dataclass(frozen=True, slots=True)
class Letter:
    """Hold what is printed on one letter; its code exists nowhere else."""

    household: Household
    code: str
    expires_at: datetime


@transaction.atomic
def print_letters(
    *,
    by: Actor,
    village: str,
    households: Sequence[Household],
    asked: Sequence[UUID] = (),
    at: datetime,
) -> list[Letter]:
    """
    Draw a code for each household, and for who has asked. Addresses are printed and forgotten.

    :raises NotFound: if the actor does not belong to the village, or nobody asks any more
    :raises Forbidden: if she may not print letters
    """
    policies.may_print_letters(by, village).enforce()
    batch, letters, rows = uuid4(), [], []
    for household in (*households, *take_asked(village, asked)):
        code = codes.draw(DIGITS)
        letters.append(Letter(household, code, at + LETTER_LASTS))
        rows.append(
            _invitation(by, village, InvitationKind.LETTER, code, household.people, at, batch)
        )
    Invitation.objects.bulk_create(rows)
    record(facts.LettersPrinted(village=village, batch=batch, letters=len(rows)), by=by, at=at)
    return letters


@transaction.atomic
def invite_household(
    *, by: Actor, village: str, people: int, at: datetime
) -> tuple[Invitation, str]:
    """
    Invite the people one lives with; give the invitation and its code, which is shown once.

    :raises NotFound: if the actor does not belong to the village
    :raises Forbidden: if the village is not sure yet that she lives there
    """
    policies.may_invite(by, village).enforce()
    code = codes.draw(DIGITS)
    invitation = _invitation(by, village, InvitationKind.HOUSEHOLD, code, people, at)
    invitation.save(force_insert=True)
    record(
        facts.HouseholdInvited(village=village, invitation=invitation.pk, people=people),
        by=by,
        at=at,
    )
    return invitation, code


@transaction.atomic
def withdraw_invitation(*, by: Actor, invitation_id: UUID, at: datetime) -> Invitation:
    """
    Let nobody in any more by an invitation; a second call changes nothing.

    :raises NotFound: if there is none that the actor may take back
    """
    invitation = Invitation.objects.select_for_update().filter(pk=invitation_id).first()
    if invitation is None:
        raise NotFound
    policies.may_withdraw(by, invitation).enforce()
    if invitation.withdrawn_at is not None:
        return invitation
    invitation.withdrawn_at = at
    invitation.save(update_fields=["withdrawn_at"])
    record(
        facts.InvitationWithdrawn(village=invitation.village_id, invitation=invitation.pk),
        by=by,
        at=at,
    )
    return invitation


@walls.lifted()
@transaction.atomic
def accept_invitation(*, by: Actor, code: str, at: datetime) -> Membership:
    """
    Come in by the code of a letter or an invitation, or show by it where one lives.

    Whoever is in already and gains nothing by it leaves the place to somebody else.

    :raises CodeNotGood: if it lets nobody in, or nobody any more
    :raises Forbidden: in assisted mode
    :raises TooMany: after ten codes in an hour
    """
    if by.is_assisted:
        raise Forbidden(_("Moving in is never done by somebody else."))
    TRIES.spend(str(by.principal_id))
    # Held, so that one person who presses twice takes one place.
    resident = Resident.objects.select_for_update().get(pk=by.principal_id)
    digest = codes.digest("invitation", codes.read(code))
    invitation = Invitation.objects.select_related("village").filter(digest=digest).first()
    if invitation is None:
        raise _not_good()
    found = Membership.objects.current().filter(village=invitation.village_id, resident=resident)
    membership = found.select_for_update().first()
    if membership is not None and membership.residency >= invitation.level:
        return membership
    # One statement, so that of many who come at once no more get in than are invited.
    if not Invitation.objects.good(at).filter(pk=invitation.pk).update(used=F("used") + 1):
        raise _not_good()
    if membership is None:
        membership = join_village(by=SYSTEM, village=invitation.village, resident=resident, at=at)
    accepted = facts.InvitationAccepted(
        village=invitation.village_id, invitation=invitation.pk, resident=resident.pk
    )
    record_all([accepted, *raise_residency(membership, invitation.level)], by=by, at=at)
    return membership


def _invitation(
    by: Actor,
    village: str,
    kind: InvitationKind,
    code: str,
    people: int,
    at: datetime,
    batch: UUID | None = None,
) -> Invitation:
    lasts = LETTER_LASTS if kind is InvitationKind.LETTER else INVITATION_LASTS
    return Invitation(
        village_id=village,
        kind=kind,
        digest=codes.digest("invitation", code),
        people=people,
        made_by_id=by.principal_id,
        batch=batch,
        expires_at=at + lasts,
        created_at=at,
    )


def _not_good() -> CodeNotGood:
    return CodeNotGood(
        _("We do not know this code, or it is no longer good. Please look again."), field="code"
    )
