"""What of the entrance ends together with somebody's place in a village."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from village.core.actor import Actor
from village.entrance import facts
from village.entrance.actions.cards import revoke_cards
from village.entrance.actions.recovering import end_recoveries
from village.entrance.models import AskedLetter, Introduction, Invitation, Vouch
from village.journal.facts import Fact
from village.residents.endings import Why


def end_ways_in(
    *, resident_id: UUID, village: str | None, why: Why, by: Actor, at: datetime
) -> list[Fact]:
    """
    Take back whom she invited, and with her account let her cards die.

    Forget who vouches for her, and what letter she has asked for.

    A card is for the account and not for a village: whoever leaves one keeps it for the next.
    """
    here = {} if village is None else {"village": village}
    AskedLetter.objects.filter(resident=resident_id, **here).delete()
    Introduction.objects.filter(resident=resident_id, **here).delete()
    Vouch.objects.filter(resident=resident_id, **here).delete()
    open_ones = Invitation.objects.good(at).filter(made_by=resident_id, kind="household", **here)
    taken_back = [
        facts.InvitationWithdrawn(village=slug, invitation=pk)
        for pk, slug in open_ones.values_list("pk", "village")
    ]
    Invitation.objects.filter(pk__in=[fact.invitation for fact in taken_back]).update(
        withdrawn_at=at
    )
    if village is not None:
        return list(taken_back)
    end_recoveries(resident_id)
    return [*taken_back, *revoke_cards(resident_id, at)]
