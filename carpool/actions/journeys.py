"""What offering and asking share: places and times that make sense, and money that is fair."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from carpool.models import about
from carpool.places import Place
from carpool.queries import cents_per_km
from carpool.recurrence import is_skipped
from village.core.errors import Invalid
from village.core.geo import distance_m
from village.residents.queries import village_or_404

HORIZON = timedelta(days=366)
# Farther than any drive between villages, and far from where the map's edges meet.
FARTHEST_M = 1_000_000.0
# Beyond, there is no road, and a degree of longitude is no width any more.
FARTHEST_NORTH = 85.0
VIAS_MAX = 5


def check_places(start: Place, goal: Place, vias: Sequence[Place] = (), *, village: str) -> None:
    """
    Refuse a ride that leads nowhere, or where nobody drives.

    :raises Invalid: if it ends about where it begins, too far away, or near a pole
    """
    if len(vias) > VIAS_MAX:
        raise Invalid(_("At most %(n)d places on the way, please.") % {"n": VIAS_MAX}, field="via")
    for field, place in (("from", start), *(("via", via) for via in vias), ("to", goal)):
        check_place(place, field=field)
    if about(start, village).point == about(goal, village).point or start.point == goal.point:
        raise Invalid(_("A ride ends somewhere else than it begins."), field="to")
    way = (start, *vias, goal)
    if sum(distance_m(a.point, b.point) for a, b in pairwise(way)) > FARTHEST_M:
        raise Invalid(_("This is more than a thousand kilometres away."), field="to")


def check_place(place: Place, *, field: str) -> None:
    """
    Refuse a place where nobody drives.

    :raises Invalid: if it is near a pole
    """
    if abs(place.point.lat) > FARTHEST_NORTH:
        raise Invalid(_("Nobody drives there."), field=field)


def check_moment(when: datetime, village: str, *, at: datetime, field: str) -> None:
    """
    Refuse a moment that is past, too far away, or that the clocks of the village jump over.

    :raises Invalid: if it makes no sense
    """
    if when <= at:
        raise Invalid(_("This time is already past."), field=field)
    if when > at + HORIZON:
        raise Invalid(_("This is more than a year away."), field=field)
    check_clock(when, village_or_404(village).tzinfo, field=field)


def check_clock(when: datetime, zone: ZoneInfo, *, field: str) -> None:
    """
    Refuse a time as somebody wrote it, when the clocks of her zone never show it.

    :raises Invalid: if they jump over it
    """
    wall = when.replace(tzinfo=None, fold=0)
    if is_skipped(wall, zone) and when.utcoffset() in _offsets_around(wall, zone):
        raise Invalid(_("The clocks jump over this time that night."), field=field)


def check_price(cents: int, village: str) -> None:
    """
    Refuse to share more than a ride costs.

    :raises Invalid: if it is above what the village allows for each kilometre
    """
    most = cents_per_km(village)
    if cents > most:
        words = _("At most %(n)d cents a kilometre are shared here: nobody earns by a ride.")
        raise Invalid(words % {"n": most}, field="cents_per_km")


def _offsets_around(wall: datetime, zone: ZoneInfo) -> set[timedelta | None]:
    hour = timedelta(hours=3)
    return {(wall + step).replace(tzinfo=zone).utcoffset() for step in (-hour, hour)}
