"""Who suits whom: what binds the other side, and what is shared at most."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

from carpool import actions, queries
from carpool.models import Booking, Match
from carpool.terms import PLAIN, Pair, Terms, suits
from tests.carpool.factories import answer, book, make_offer, make_request, repeat
from tests.support.cast import Cast
from village.core.actor import Actor
from village.core.errors import Forbidden, Invalid
from village.residents.models import Membership, Residency, Resident

pytestmark = pytest.mark.django_db
# What binds the other side, who must be what, and how she comes to be it.
BINDING = ("women_only", "known_only", "verified_only")


def become(cast: Cast, term: str, who: Resident, *, at: datetime) -> None:
    """Let somebody be what a term asks of the other side."""
    if term == "women_only":
        actions.say_profile(by=Actor(who.pk), village="lindental", is_woman=True, home=None, at=at)
    elif term == "verified_only":
        Membership.objects.filter(resident=who).update(residency=Residency.LETTER)
    else:
        other = cast.tom if who == cast.nora else cast.nora
        actions.know_person(
            by=Actor(other.pk), village="lindental", resident_id=who.pk, knows=True, at=at
        )


@pytest.mark.parametrize("term", BINDING)
class TestWhatBindsTheOtherSide:
    def test_lets_a_driver_take_along_whom_it_allows(
        self, cast: Cast, at: datetime, term: str
    ) -> None:
        terms = Terms(smoking=False, **{term: True})
        offer, wish = make_offer(cast.tom, at=at, terms=terms), make_request(cast.nora, at=at)

        assert queries.matches_of(offer, at=at) == queries.matches_for(wish, at=at) == []
        assert not Match.objects.exists()
        for request_id in (None, wish.pk):
            with pytest.raises(actions.NotSuited):
                book(cast.nora, offer, request_id=request_id)
        become(cast, term, cast.nora, at=at)
        assert [each.pk for each, _ in queries.matches_of(offer, at=at)] == [wish.pk]
        assert [each.pk for each, _ in queries.matches_for(wish, at=at)] == [offer.pk]
        assert book(cast.nora, offer, request_id=wish.pk).status == "requested"

    def test_lets_a_rider_ride_with_whom_she_allows(
        self, cast: Cast, at: datetime, term: str
    ) -> None:
        terms = Terms(**{term: True})
        offer, wish = make_offer(cast.tom, at=at), make_request(cast.nora, at=at, terms=terms)

        assert queries.matches_of(offer, at=at) == queries.matches_for(wish, at=at) == []
        with pytest.raises(actions.NotSuited):
            book(cast.nora, offer, request_id=wish.pk)
        become(cast, term, cast.tom, at=at)
        assert [each.pk for each, _ in queries.matches_for(wish, at=at)] == [offer.pk]
        assert book(cast.nora, offer, request_id=wish.pk).status == "requested"

    def test_is_not_opened_by_ones_own_word_of_somebody_else(
        self, cast: Cast, at: datetime, term: str
    ) -> None:
        """That nora knows tom, is a woman or has shown where she lives says nothing of him."""
        wish = make_request(cast.nora, at=at, terms=Terms(**{term: True}))
        offer = make_offer(cast.tom, at=at)
        become(cast, term, cast.nora, at=at)

        with pytest.raises(actions.NotSuited):
            book(cast.nora, offer, request_id=wish.pk)


def test_who_shows_it_in_another_village_is_not_verified_here(cast: Cast, at: datetime) -> None:
    offer = make_offer(cast.tom, at=at, terms=Terms(verified_only=True))
    Membership.objects.create(
        village=cast.bergheim, resident=cast.nora, residency=Residency.DESK, created_at=at
    )

    with pytest.raises(actions.NotSuited):
        book(cast.nora, offer)


def test_who_rode_together_know_each_other(cast: Cast, at: datetime) -> None:
    answer(book(cast.nora, make_offer(cast.tom, at=at)))
    Booking.objects.update(status="completed")
    offer = make_offer(cast.tom, at=at, terms=Terms(known_only=True))

    assert book(cast.nora, offer).status == "requested"
    with pytest.raises(actions.NotSuited):
        book(cast.mia, offer)


@pytest.mark.parametrize(
    ("offered", "wanted", "suit"),
    [
        (PLAIN, PLAIN, True),
        (Terms(luggage=1), Terms(luggage=2), False),
        (Terms(luggage=2), Terms(luggage=2), True),
        (PLAIN, Terms(wheelchair=True), False),
        (Terms(wheelchair=True), Terms(wheelchair=True), True),
        (PLAIN, Terms(dog=True), False),
        (Terms(smoking=True), PLAIN, False),
        (Terms(smoking=True), Terms(smoking=True), True),
        (PLAIN, Terms(smoking=True), True),
    ],
)
def test_what_is_brought_must_be_taken(offered: Terms, wanted: Terms, suit: bool) -> None:
    assert suits(offered, wanted, Pair()) is suit


class TestThePrice:
    @pytest.mark.parametrize("make", [make_offer, repeat])
    def test_is_never_more_than_the_village_shares(
        self, cast: Cast, at: datetime, make: Any
    ) -> None:
        with pytest.raises(Invalid, match="At most 30 cents") as refusal:
            make(cast.tom, at=at, cents_per_km=31)
        assert refusal.value.field == "cents_per_km"
        assert make(cast.tom, at=at, cents_per_km=30).cents_per_km == 30

        stella = Actor(cast.stella.pk)
        actions.set_rules(by=stella, village="lindental", cents_per_km=10, at=at)
        with pytest.raises(Invalid, match="At most 10 cents"):
            make(cast.tom, at=at, cents_per_km=11)

    def test_is_capped_by_the_steward_alone(self, cast: Cast, at: datetime) -> None:
        with pytest.raises(Forbidden):
            actions.set_rules(by=Actor(cast.tom.pk), village="lindental", cents_per_km=90, at=at)
