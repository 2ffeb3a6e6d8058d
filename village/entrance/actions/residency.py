"""Showing where one lives: the only code that says how sure the village is of somebody."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from village.core.actor import Actor
from village.core.errors import DomainError, NotFound
from village.core.limits import Budget
from village.entrance import codes, facts, policies, queries
from village.entrance.models import Introduction, Vouch
from village.journal.actions import record, record_all
from village.journal.facts import Fact
from village.residents.models import Membership, Residency

INTRODUCTION_LASTS: Final = timedelta(minutes=30)
INTRODUCTION_DIGITS: Final = 8
VOUCHES_NEEDED: Final = 2
LOOKS: Final = Budget("entrance.introductions", 20, 3600)


class IntroductionNotGood(DomainError):
    """Nobody shows this code, or she showed it too long ago."""

    code = "entrance.introduction_not_good"
    status = 422


class AlreadyVouched(DomainError):
    """The actor has vouched for this person before."""

    code = "entrance.already_vouched"


@transaction.atomic
def introduce_oneself(*, by: Actor, village: str, at: datetime) -> tuple[Introduction, str]:
    """
    Give a code by which a neighbour or the desk finds the actor for half an hour.

    A newer code takes the place of an older one.

    :raises NotFound: if she is not a member
    """
    if by.is_assisted or queries.membership_of(village, by.principal_id) is None:
        raise NotFound
    Introduction.objects.filter(village=village, resident=by.principal_id).delete()
    code = codes.draw(INTRODUCTION_DIGITS)
    introduction = Introduction.objects.create(
        village_id=village,
        resident_id=by.principal_id,
        digest=codes.digest("introduction", code),
        expires_at=at + INTRODUCTION_LASTS,
        created_at=at,
    )
    return introduction, code


def look_at(*, by: Actor, code: str, at: datetime) -> Introduction:
    """
    Find who shows a code.

    :raises IntroductionNotGood: if nobody of the actor's villages does
    :raises TooMany: after too many codes
    """
    LOOKS.spend(str(by.principal_id))
    found = queries.introduction_of(codes.digest("introduction", codes.read(code)), at)
    if found is None or queries.level_of(by, found.village_id) is None:
        raise IntroductionNotGood(
            _("Nobody shows this code at the moment. Please let her show it again."), field="code"
        )
    return found


@transaction.atomic
def vouch_for(*, by: Actor, code: str, at: datetime) -> Membership:
    """
    Stand up for a neighbour; the second vouch makes the village sure. Give her membership.

    :raises IntroductionNotGood: if nobody of the actor's village shows this code
    :raises Forbidden: if the actor may not vouch, or for herself
    :raises AlreadyVouched: if she has done so before
    """
    introduced = look_at(by=by, code=code, at=at)
    village, resident = introduced.village_id, introduced.resident_id
    policies.may_vouch(by, village, resident).enforce()
    membership = _held(village, resident)
    vouch, is_new = Vouch.objects.get_or_create(
        village_id=village,
        resident_id=resident,
        by_id=by.principal_id,
        defaults={"created_at": at},
    )
    if not is_new:
        raise AlreadyVouched(_("You have vouched for this neighbour before."))
    told: list[Fact] = [facts.VouchGiven(village=village, resident=resident, vouch=vouch.pk)]
    if Vouch.objects.filter(village=village, resident=resident).count() >= VOUCHES_NEEDED:
        told += raise_residency(membership, Residency.VOUCHED)
    record_all(told, by=by, at=at)
    return membership


@transaction.atomic
def check_at_desk(*, by: Actor, village: str, resident_id: UUID, at: datetime) -> Membership:
    """
    Confirm that somebody showed at the desk where she lives. Give the membership.

    :raises NotFound: if the actor or the person does not belong to the village
    :raises Forbidden: if the actor does not sit at a desk, or it is herself
    """
    policies.may_check(by, village, resident_id).enforce()
    membership = _held(village, resident_id)
    for fact in raise_residency(membership, Residency.DESK):
        record(fact, by=by, at=at)
    return membership


def check_introduced(*, by: Actor, code: str, at: datetime) -> Membership:
    """
    Confirm it of the person who stands at the desk and shows a code.

    :raises IntroductionNotGood: if nobody of the actor's village shows this code
    :raises Forbidden: if the actor does not sit at a desk, or it is herself
    """
    introduced = look_at(by=by, code=code, at=at)
    return check_at_desk(
        by=by, village=introduced.village_id, resident_id=introduced.resident_id, at=at
    )


def forget_introductions(at: datetime) -> int:
    """Forget the codes that are no longer good; give how many."""
    return Introduction.objects.filter(expires_at__lte=at).delete()[0]


def raise_residency(membership: Membership, level: Residency) -> list[Fact]:
    """Be at least so sure from now on; give the fact to record, if anything has changed."""
    if membership.residency >= level:
        return []
    membership.residency = level
    membership.save(update_fields=["residency"])
    return [
        facts.ResidencyRaised(
            village=membership.village_id, resident=membership.resident_id, level=level
        )
    ]


def _held(village: str, resident_id: UUID) -> Membership:
    """Hold a membership, so that it does not end meanwhile, and two vouches meet."""
    found = (
        Membership.objects.current()
        .select_for_update()
        .filter(village=village, resident=resident_id)
        .first()
    )
    if found is None:
        raise NotFound
    return found
