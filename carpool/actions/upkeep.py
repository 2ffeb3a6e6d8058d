"""What the village does so that rides are found: it keeps their index and their times in order."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from uuid import UUID

from django.db import transaction

from carpool import index, plans, policies
from carpool.actions import offers
from carpool.models import RideOffer, RideOfferQuerySet
from village.core.actor import Actor

# How many rides one call posts; the next one goes on.
POSTED_AT_ONCE = 500


@transaction.atomic
def tidy_index(*, by: Actor, at: datetime) -> int:
    """
    Take rides out of the index that have left, and post those that are missing; give the number.

    :raises Forbidden: if anybody but the village itself asks for it
    """
    policies.may_keep_up(by).enforce()
    tidied = index.withdraw(index.orphans(at).values_list("offer", flat=True))
    for offer_id in _ids(index.missing(at)[:POSTED_AT_ONCE]):
        offer = offers.locked(offer_id)
        index.post(offer, plans.ride_of(offer))
        tidied += 1
    return tidied


def replan_rides(*, by: Actor, at: datetime, say: Callable[[int], None]) -> int:
    """
    Time all rides to come by the roads as they are known now; give their number.

    Each ride is a transaction of its own. Who rides along stays aboard; ``say`` is told how many
    are done.

    :raises Forbidden: if anybody but the village itself asks for it
    """
    policies.may_keep_up(by).enforce()
    waiting = _ids(RideOffer.objects.open().still_here(at))
    for done, offer_id in enumerate(waiting, start=1):
        with transaction.atomic():
            offer = offers.locked(offer_id)
            if not offer.is_cancelled:
                plans.keep(offer, plans.timed_anew(offer))
        say(done)
    return len(waiting)


def _ids(found: RideOfferQuerySet) -> list[UUID]:
    return sorted(found.values_list("pk", flat=True))
