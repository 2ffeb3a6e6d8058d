"""Who looks for a ride."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db.models import Q, QuerySet

from carpool.models import RequestStatus, RideRequest, RideRequestQuerySet
from carpool.queries.people import kept_apart
from village.core.actor import Actor
from village.core.errors import NotFound
from village.residents.queries import villages_of


def requests_visible_to(by: Actor) -> RideRequestQuerySet:
    """Give the open requests of the actor's villages, and all of her own."""
    visible = Q(status=RequestStatus.OPEN) | Q(person=by.principal_id)
    found = RideRequest.objects.filter(visible, village__in=villages_of(by))
    return found.exclude(kept_apart("person", by.principal_id)).select_related("person")


def requests(by: Actor, village: str, *, mine: bool, at: datetime) -> RideRequestQuerySet:
    """Give those of a village who look for a ride now, or all that one asked for oneself."""
    found = requests_visible_to(by).filter(village=village)
    return found.filter(person=by.principal_id) if mine else found.open().still_useful(at)


def request_or_404(by: Actor, request_id: UUID) -> RideRequest:
    """
    Find a request.

    :raises NotFound: if there is none that the actor may see
    """
    found = requests_visible_to(by).filter(pk=request_id).first()
    if found is None:
        raise NotFound
    return found


def waited_in_vain(at: datetime) -> QuerySet[RideRequest, UUID]:
    """Name those who waited at a stop, and nobody came, the longest ago first."""
    over = RideRequest.objects.in_vain(at).order_by("waits_until", "pk")
    return over.values_list("pk", flat=True)


def request(request_id: UUID) -> RideRequest | None:
    """Find a request for a frame that everybody sees alike."""
    return RideRequest.objects.select_related("person").filter(pk=request_id).first()
