"""What ends with somebody's place in a village: the mandates she gave, and her own helping."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db.models import Q

from village.assist import facts
from village.assist.models import Accreditation, Mandate
from village.core.actor import Actor
from village.journal.facts import Fact
from village.residents.endings import Why


def end_with_membership(
    *, resident_id: UUID, village: str | None, why: Why, by: Actor, at: datetime
) -> list[Fact]:
    """
    End the mandates that somebody gave in a village, and her accreditations at its centres.

    Every mandate touched is locked first, as each act under it holds it: acts in flight finish
    before, later ones find it ended. The caller records what is given back.
    """
    here = Q() if village is None else Q(village=village)
    given = Q(person=resident_id)
    held = Q(centre__accreditations__volunteer=resident_id)
    touched = set(
        Mandate.objects.filter(here & (given | held), revoked_at=None).values_list("pk", flat=True)
    )
    locked = list(
        Mandate.objects.select_for_update(of=("self",), no_key=True)
        .filter(pk__in=touched, revoked_at=None)
        .order_by("pk")
    )
    Accreditation.objects.filter(here, volunteer=resident_id, valid_until__gt=at).update(
        valid_until=at
    )
    ended = [each for each in locked if each.person_id == resident_id and each.ends_at > at]
    Mandate.objects.filter(pk__in=[each.pk for each in ended]).update(revoked_at=at)
    return [
        facts.MandateRevoked(
            village=each.village_id,
            mandate=each.pk,
            centre=each.centre_id,
            person=each.person_id,
            why=why,
        )
        for each in ended
    ]
