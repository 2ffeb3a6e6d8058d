"""What riding together saved, in a browser."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from django.test import Client
from django.utils import timezone

from carpool.models import Booking, RideOffer
from carpool.savings import Saved
from tests.carpool.factories import answer, book, make_offer
from tests.support.cast import Cast

pytestmark = pytest.mark.django_db
Browser = Callable[..., Client]
SAVED = "/villages/lindental/rides/saved"


@pytest.fixture
def year(cast: Cast) -> int:
    """Let everybody ride to the town with tom, once; give the year of that."""
    at = timezone.now()
    for rider in (cast.nora, cast.mia, cast.vera, cast.otto):
        answer(book(rider, make_offer(cast.tom, at=at)))
    Booking.objects.update(status="completed")
    offer = Booking.objects.select_related("offer").earliest("created_at").offer
    return timezone.localtime(offer.departs_at, cast.lindental.tzinfo).year


class TestTheYear:
    def test_is_told_to_each_and_for_the_village(
        self, browser: Browser, cast: Cast, year: int
    ) -> None:
        metres = [each.direct_metres - each.detour_metres for each in Booking.objects.all()]
        page = browser(cast.nora).get(f"{SAVED}/{year}").content.decode()

        mine, everybody = page.split('id="saved-all"')
        assert "1 shared ride<" in mine and f"{Saved(1, metres[0]).km} km" in mine
        assert "4 shared rides" in everybody
        assert f"{Saved(4, sum(metres)).euros:.2f} euros" in everybody
        assert "127 g of CO2" in everybody

    def test_says_nothing_of_few(self, browser: Browser, cast: Cast, year: int) -> None:
        Booking.objects.exclude(rider=cast.nora).delete()
        page = browser(cast.edda).get(f"{SAVED}/{year}").content.decode()

        assert "No shared ride yet" in page
        assert "Fewer than 5 people took part" in page

    def test_is_found_from_the_rides_and_leads_to_years_with_rides(
        self, browser: Browser, cast: Cast, year: int
    ) -> None:
        window = browser(cast.nora)
        assert SAVED in window.get("/villages/lindental/rides").content.decode()
        page = window.get(SAVED).content.decode()
        assert f"{SAVED}/" not in page

        RideOffer.objects.update(departs_at=datetime(year - 1, 6, 1, tzinfo=UTC))

        assert f"{SAVED}/{year - 1}" in window.get(SAVED).content.decode()
        before = window.get(f"{SAVED}/{year - 1}").content.decode()
        assert f"{SAVED}/{year}" in before
        assert "4 shared rides" in before

    def test_is_no_year_to_come_and_the_villages_own(self, browser: Browser, cast: Cast) -> None:
        for year in (1999, timezone.now().year - 1, timezone.now().year + 2, 10**20):
            assert browser(cast.nora).get(f"{SAVED}/{year}").status_code == 404
        assert browser(cast.strang).get(SAVED).status_code == 404
