"""
Coming back by two neighbours, for whoever has lost every way in.

She names her address or number on a new device and gets a code to show; two neighbours who know her
and whom the village knows say that it is she. Then she waits, and is told by every way the village
has of her; whoever still has one of them stops it. What the device holds opens the door once. It is
a way in and not a second lock: whoever had one is asked for it all the same.
"""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from village.core import walls
from village.core.actor import Actor
from village.core.errors import DomainError, Forbidden, OutOfScope
from village.core.limits import Budget
from village.entrance import codes, facts, queries
from village.entrance.actions.residency import AlreadyVouched
from village.entrance.models import Recovery, RecoveryVouch
from village.journal.actions import record, record_all
from village.journal.facts import Fact
from village.residents.models import Residency, Resident

DIGITS: Final = 8
VOUCHES_NEEDED: Final = 2
# Two neighbours are met in a day; whoever reads her letters every other day can say no.
CODE_LASTS: Final = timedelta(days=1)
WAITS: Final = timedelta(hours=48)
OPEN_FOR: Final = timedelta(days=7)
LOOKS: Final = Budget("entrance.recoveries", 10, 3600)


class RecoveryNotGood(DomainError):
    """Nobody comes back by this code, or not any more."""

    code = "entrance.recovery_not_good"
    status = 422


class RecoveryWaits(DomainError):
    """Neighbours still have to vouch, or the time in which she could say no is not over."""

    code = "entrance.recovery_waits"
    status = 409


@walls.lifted()
@transaction.atomic
def begin_recovery(*, address: str, number: str, at: datetime) -> tuple[Recovery, str, str]:
    """
    Begin to come back; give a code for neighbours, and the secret for this device.

    ``address`` is an e-mail address, or ``number`` a phone number in E.164. It is the same whether
    or not anybody has it.
    """
    code, secret = codes.draw(DIGITS), secrets.token_urlsafe(32)
    recovery = Recovery.objects.create(
        resident=queries.reached_at(address=address, number=number),
        code_digest=codes.digest("recovery", code),
        secret_digest=codes.digest("recovery-secret", secret),
        created_at=at,
        expires_at=at + CODE_LASTS,
    )
    return recovery, code, secret


def look_at_recovery(*, by: Actor, code: str, at: datetime) -> tuple[Recovery, UUID, str]:
    """
    Find what somebody wants to come back by, who she is, and where the actor knows her from.

    :raises RecoveryNotGood: if nobody of the actor's villages does
    :raises Forbidden: if no village is sure yet that the actor lives there
    :raises OutOfScope: in assisted mode
    :raises TooMany: after too many codes
    """
    if by.is_assisted:
        raise OutOfScope
    LOOKS.spend(str(by.principal_id))
    recovery = queries.recovery_of(codes.digest("recovery", codes.read(code)), at)
    resident_id = None if recovery is None else recovery.resident_id
    known = queries.villages_shared(by, resident_id)
    if recovery is None or resident_id is None or not known or resident_id == by.principal_id:
        raise RecoveryNotGood(
            _("Nobody comes back by this code. Please let her show it again."), field="code"
        )
    village, level = max(known.items(), key=lambda each: (each[1], each[0]))
    if level < Residency.LETTER:
        raise Forbidden(_("Only neighbours whom the village knows to live here can vouch."))
    return recovery, resident_id, village


@transaction.atomic
def vouch_for_return(*, by: Actor, code: str, at: datetime) -> Recovery:
    """
    Say that it is she who wants to come back; after the second neighbour, the time to say no runs.

    :raises RecoveryNotGood: if nobody of the actor's villages comes back by this code
    :raises Forbidden: if no village is sure yet that the actor lives there
    :raises AlreadyVouched: if the actor has said so before
    """
    found, resident_id, village = look_at_recovery(by=by, code=code, at=at)
    recovery = Recovery.objects.select_for_update().get(pk=found.pk)
    if not recovery.collects(at):
        raise RecoveryNotGood(_("Nobody comes back by this code any more."), field="code")
    _vouch, is_new = RecoveryVouch.objects.get_or_create(
        recovery=recovery, by_id=by.principal_id, defaults={"created_at": at}
    )
    if not is_new:
        raise AlreadyVouched(_("You have vouched for this neighbour before."))
    if recovery.vouches.count() >= VOUCHES_NEEDED:
        recovery.opens_at = at + WAITS
        recovery.expires_at = recovery.opens_at + OPEN_FOR
        recovery.save(update_fields=["opens_at", "expires_at"])
    told = facts.ReturnVouched(village=village, recovery=recovery.pk, resident=resident_id)
    record(told, by=by, at=at)
    return recovery


@transaction.atomic
def stop_recovery(*, by: Actor, at: datetime) -> None:
    """
    Let nobody come back as the actor by neighbours; a second call changes nothing.

    :raises OutOfScope: in assisted mode
    """
    if by.is_assisted:
        raise OutOfScope
    told: list[Fact] = []
    for recovery in queries.recoveries_of(by.principal_id, at).order_by("pk"):
        # Whoever comes in at this moment was first, or is not in at all.
        stopped = Recovery.objects.filter(pk=recovery.pk, ended_at=None).update(ended_at=at)
        told += [
            facts.ReturnStopped(village=village, recovery=recovery.pk, resident=by.principal_id)
            for village in queries.first_village_of(by.principal_id)
            if stopped
        ]
    if told:
        record_all(told, by=by, at=at)


@transaction.atomic
def come_back(*, secret: str, at: datetime) -> Resident:
    """
    Open the door once, after the time in which she could say no.

    :raises RecoveryNotGood: if it was stopped, is over, was used, or never was
    :raises RecoveryWaits: until neighbours have vouched and the time is over
    """
    digest = codes.digest("recovery-secret", secret)
    # Locked, so that of all who come at once one is in: the rest find it used.
    recovery = (
        Recovery.objects.select_for_update(of=("self",))
        .select_related("resident")
        .filter(secret_digest=digest, ended_at=None, expires_at__gt=at)
        .first()
    )
    resident = recovery.resident if recovery is not None else None
    if recovery is None or resident is None or not resident.is_active:
        raise RecoveryNotGood(_("This way is closed. At the desk somebody can help you."))
    if recovery.opens_at is None or recovery.opens_at > at:
        raise RecoveryWaits(_("This takes a little longer. Please come again later."))
    recovery.ended_at = at
    recovery.save(update_fields=["ended_at"])
    told: list[Fact] = [
        facts.CameBack(village=village, recovery=recovery.pk, resident=resident.pk)
        for village in queries.first_village_of(resident.pk)
    ]
    if not told:
        raise RecoveryNotGood(_("This way is closed. At the desk somebody can help you."))
    record_all(told, by=Actor(resident.pk), at=at)
    return resident


def forget_recoveries(at: datetime) -> int:
    """Forget those by which nobody can come back any more; give how many."""
    return Recovery.objects.filter(expires_at__lte=at).delete()[0]


def end_recoveries(resident_id: UUID) -> None:
    """Let nobody come back as somebody whose account ends."""
    Recovery.objects.filter(resident=resident_id).delete()
