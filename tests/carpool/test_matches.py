"""Which rides are shown to whom."""

from __future__ import annotations

from datetime import datetime

import pytest

from carpool.models import RideOffer
from carpool.places import Place, rough
from carpool.queries import matches_for
from tests.carpool.factories import LINDE, make_offer, make_request
from tests.support.cast import Cast
from village.core.geo import Point

pytestmark = pytest.mark.django_db


class TestMatchesFor:
    def test_tell_no_more_of_a_home_than_everybody_may_know(self, cast: Cast, at: datetime) -> None:
        """Two homes that look alike on the board give the same answer to every question."""
        near = Place("elsewhere", Point(LINDE.point.lat - 0.004, LINDE.point.lng + 0.003))
        assert rough(near.point) == rough(LINDE.point)
        offer = make_offer(cast.tom, at=at)
        wish = make_request(cast.nora, at=at, start=Place("Mill", Point(50.02, 11.53)))
        [(_, before)] = matches_for(wish, at=at)

        RideOffer.objects.filter(pk=offer.pk).update(
            from_lat=near.point.lat, from_lng=near.point.lng
        )

        [(_, after)] = matches_for(wish, at=at)
        assert after == before
