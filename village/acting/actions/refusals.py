"""The verb of writing down that somebody was refused."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import F

from village.acting.models import COUNTED_UP_TO, Refusal
from village.assist.models import Accreditation, Centre, Mandate


@transaction.atomic
def count_refusal(
    *, who_id: UUID, code: str, mandate_id: UUID | None, centre_id: UUID | None, at: datetime
) -> None:
    """
    Count a refusal for the coordinators who answer for it.

    They are those of the centre whose mandate, or which itself, was named; of somebody who names
    what there is not, those of the centres that she is a volunteer of. What a person is refused
    about her own mandate is nobody's to see.
    """
    mandate = None
    if mandate_id is not None:
        mandate = Mandate.objects.filter(pk=mandate_id).first()
        centre_id = mandate.centre_id if mandate is not None else centre_id
    if mandate is not None and mandate.person_id == who_id:
        return
    named = Centre.objects.filter(pk=centre_id) if centre_id is not None else None
    hers = Accreditation.objects.current().filter(volunteer=who_id).values("centre")
    for centre in (named or Centre.objects.filter(pk__in=hers)).select_related("village"):
        count, _is_new = Refusal.objects.get_or_create(
            centre=centre,
            who_id=who_id,
            mandate=mandate,
            code=code,
            day=at.astimezone(centre.village.tzinfo).date(),
            defaults={"last_at": at},
        )
        Refusal.objects.filter(pk=count.pk, times__lt=COUNTED_UP_TO).update(
            times=F("times") + 1, last_at=at
        )
