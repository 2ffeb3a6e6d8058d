"""Agreeing what one village shows of another, and ending it."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from village.core.actor import Actor
from village.core.errors import DomainError, Invalid, NotFound
from village.federation import facts, policies
from village.federation.models import Agreement, Shared
from village.journal.actions import record_all
from village.journal.facts import Fact
from village.residents.models import Village
from village.stewardship.policies import may_steward


class SharingStands(DomainError):
    """The village has said yes to this already."""

    code = "federation.sharing_stands"


@transaction.atomic
def agree_to_share(
    *, by: Actor, village: str, other: str, what: Shared, reads: bool, at: datetime
) -> Agreement:
    """
    Say a village's yes: that it shows this of the other, or (not ``reads``) the other of it.

    The first yes asks the other village; the second one begins it, at once.

    :raises NotFound: if the actor does not belong to the village
    :raises Forbidden: if she is no steward of it
    :raises Invalid: if there is no such other village
    :raises SharingStands: if this village has said yes already
    """
    may_steward(by, village).enforce()
    if other == village or not Village.objects.filter(pk=other).exists():
        raise Invalid(_("There is no such village."), field="other")
    reader, source = (village, other) if reads else (other, village)
    agreement, _is_new = Agreement.objects.select_for_update().get_or_create(
        reader_id=reader,
        source_id=source,
        what=what,
        ended_at=None,
        defaults={"created_at": at},
    )
    own = "reader_yes_at" if reads else "source_yes_at"
    if getattr(agreement, own) is not None:
        raise SharingStands(_("Your village has said yes to this already."))
    setattr(agreement, own, at)
    agreement.save(update_fields=[own])
    if agreement.stands:
        record_all(_told(agreement, facts.SharingBegun), by=by, at=at)
    else:
        asked = facts.SharingAsked(village=village, agreement_id=agreement.pk, other=other)
        record_all([asked], by=by, at=at)
    return agreement


@transaction.atomic
def end_sharing(*, by: Actor, agreement_id: UUID, at: datetime) -> None:
    """
    End an agreement at once, or drop what was asked; each side alone can.

    :raises NotFound: if there is none that the actor may know of
    :raises Forbidden: if she is no steward of either village
    """
    current = Agreement.objects.current().filter(pk=agreement_id)
    agreement = current.select_for_update().first()
    if agreement is None:
        raise NotFound
    policies.may_end(by, agreement).enforce()
    agreement.ended_at = at
    agreement.save(update_fields=["ended_at"])
    record_all(_told(agreement, facts.SharingEnded), by=by, at=at)


def _told(
    agreement: Agreement, fact: type[facts.SharingBegun] | type[facts.SharingEnded]
) -> list[Fact]:
    """Tell it in both villages."""
    pair = (agreement.reader_id, agreement.source_id)
    return [
        fact(village=one, agreement_id=agreement.pk, other=other)
        for one, other in (pair, pair[::-1])
    ]
