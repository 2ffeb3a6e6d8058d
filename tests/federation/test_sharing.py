"""Bergheim shows what Lindental has, as long as both want it: to be read, and nothing private."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.test import Client
from django.utils import timezone

from carpool.models import RideOffer
from events.models import Event
from news.models import Outlet
from tests.carpool.factories import make_offer, make_request
from tests.events.factories import make_event
from tests.news.factories import write
from tests.support.at_once import all_at_once
from tests.support.cast import OUTLET, Cast, secure
from village.core.actor import Actor
from village.core.errors import Forbidden, Invalid, NotFound
from village.federation import actions, queries
from village.federation.actions import SharingStands
from village.federation.models import Agreement, Shared
from village.journal.models import Entry, StreamEntry
from village.journal.topics import admitted, find
from village.residents.actions import block
from village.residents.models import Grant, Membership, Resident, Role

pytestmark = pytest.mark.django_db
Api = Callable[..., Client]
JSON = "application/json"


@pytest.fixture
def berta(cast: Cast, at: Any) -> Resident:
    """Give Bergheim a steward."""
    person = Resident.objects.create_user("Berta", email="berta@village.example", language="en")
    membership = Membership.objects.create(village=cast.bergheim, resident=person, created_at=at)
    Grant.objects.create(membership=membership, role=Role.STEWARD, granted_at=at)
    secure(person)
    return person


def agree(by: Resident, village: str, other: str, what: Shared, *, reads: bool) -> Agreement:
    return actions.agree_to_share(
        by=Actor(by.pk), village=village, other=other, what=what, reads=reads, at=timezone.now()
    )


@pytest.fixture
def shares(cast: Cast, berta: Resident) -> Callable[[Shared], Agreement]:
    """Let both villages say yes: Bergheim shows this of Lindental."""

    def share(what: Shared) -> Agreement:
        agree(berta, "bergheim", "lindental", what, reads=True)
        return agree(cast.stella, "lindental", "bergheim", what, reads=False)

    return share


@pytest.fixture
def things(cast: Cast) -> dict[str, str]:
    """Let Lindental have one of everything; give the addresses where each is read."""
    now = timezone.now()
    bote = Outlet.objects.create(
        id=OUTLET, village=cast.lindental, name="Bote", slug="bote", created_at=now
    )
    article = write(cast.mia, bote, at=now)
    event = make_event(cast.tom, at=now, village="lindental")
    offer = make_offer(cast.tom, at=now, village="lindental")
    return {
        Shared.NEWS: f"articles/{article.pk}",
        Shared.EVENTS: f"events/{event.pk}",
        Shared.RIDES: f"carpool/offers/{offer.pk}",
    }


LISTS = {
    Shared.NEWS: "villages/lindental/articles",
    Shared.EVENTS: "villages/lindental/events",
    Shared.RIDES: "villages/lindental/carpool/offers",
}


class TestAgreeing:
    def test_takes_a_steward_of_each_side(
        self, cast: Cast, berta: Resident, strang: Resident
    ) -> None:
        asked = agree(berta, "bergheim", "lindental", Shared.NEWS, reads=True)
        assert not asked.stands
        assert not queries.reads(Actor(strang.pk), "lindental", Shared.NEWS)
        with pytest.raises(SharingStands):
            agree(berta, "bergheim", "lindental", Shared.NEWS, reads=True)
        both = agree(cast.stella, "lindental", "bergheim", Shared.NEWS, reads=False)
        assert both.pk == asked.pk and both.stands
        assert queries.reads(Actor(strang.pk), "lindental", Shared.NEWS)
        assert not queries.reads(Actor(cast.nora.pk), "bergheim", Shared.NEWS)
        assert not queries.reads(Actor(strang.pk), "lindental", Shared.EVENTS)
        kinds = Entry.objects.filter(kind__startswith="federation.").order_by("pk")
        assert [(each.kind.split("_")[1], each.village_id) for each in kinds] == [
            ("asked", "bergheim"),
            ("begun", "bergheim"),
            ("begun", "lindental"),
        ]

    def test_is_for_stewards_of_villages_that_there_are(
        self, cast: Cast, berta: Resident, strang: Resident
    ) -> None:
        with pytest.raises(Forbidden):
            agree(strang, "bergheim", "lindental", Shared.NEWS, reads=True)
        with pytest.raises(NotFound):
            agree(berta, "lindental", "bergheim", Shared.NEWS, reads=True)
        for other in ("bergheim", "nowhere"):
            with pytest.raises(Invalid):
                agree(berta, "bergheim", other, Shared.NEWS, reads=True)

    def test_is_ended_by_either_at_once(
        self, cast: Cast, berta: Resident, strang: Resident, shares: Any
    ) -> None:
        for ends in (cast.stella, berta):
            agreement = shares(Shared.NEWS)
            with pytest.raises(Forbidden):
                actions.end_sharing(
                    by=Actor(strang.pk), agreement_id=agreement.pk, at=timezone.now()
                )
            actions.end_sharing(by=Actor(ends.pk), agreement_id=agreement.pk, at=timezone.now())
            assert not queries.reads(Actor(strang.pk), "lindental", Shared.NEWS)
            with pytest.raises(NotFound):
                actions.end_sharing(by=Actor(ends.pk), agreement_id=agreement.pk, at=timezone.now())
        told = StreamEntry.objects.filter(
            stream__address="access", entry__kind="federation.sharing_ended"
        )
        assert told.count() == 4


class TestWhatIsShown:
    @pytest.mark.parametrize("what", list(Shared))
    def test_is_read_in_lists_and_one_by_one_while_both_want_it(
        self,
        api: Api,
        cast: Cast,
        strang: Resident,
        shares: Any,
        things: dict[str, str],
        what: Shared,
    ) -> None:
        guest = api(strang)

        def statuses() -> list[int]:
            paths = (LISTS[what], things[what])
            return [guest.get(f"/api/v1/{path}").status_code for path in paths]

        assert statuses() == [404, 404]
        agreement = shares(what)
        assert statuses() == [200, 200]
        [shown] = guest.get(f"/api/v1/{LISTS[what]}").json()["items"]
        assert shown["village"] == "lindental"
        for other in set(Shared) - {what}:
            assert guest.get(f"/api/v1/{things[other]}").status_code == 404
        assert "Lindental" in guest.get("/neighbours/lindental").content.decode()
        actions.end_sharing(by=Actor(cast.stella.pk), agreement_id=agreement.pk, at=timezone.now())
        assert statuses() == [404, 404]
        assert guest.get("/neighbours/lindental").status_code == 404

    def test_is_never_written_to(
        self, api: Api, strang: Resident, shares: Any, things: dict[str, str]
    ) -> None:
        for what in Shared:
            shares(what)
        guest = api(strang)
        date = Event.objects.get().occurrences.get()
        offer = RideOffer.objects.get()
        for method, path, body in (
            ("put", f"occurrences/{date.pk}/attendance", {"party_size": 1}),
            ("get", f"occurrences/{date.pk}", None),
            ("post", f"carpool/offers/{offer.pk}/bookings", {"seats": 1}),
            ("post", f"{things[Shared.NEWS]}/read", None),
            ("post", f"{things[Shared.NEWS]}/retract", None),
            ("post", "villages/lindental/events", None),
            ("get", "villages/lindental/carpool/requests", None),
            ("get", "villages/lindental/members", None),
        ):
            answer = getattr(guest, method)(f"/api/v1/{path}", body, content_type=JSON)
            assert answer.status_code in (404, 422), (path, answer.status_code)
        date.refresh_from_db()
        assert (date.seats_taken, offer.bookings.count()) == (0, 0)

    def test_is_nothing_private(
        self, api: Api, cast: Cast, strang: Resident, shares: Any, things: dict[str, str]
    ) -> None:
        now = timezone.now()
        for what in Shared:
            shares(what)
        draft = make_event(cast.tom, at=now, village="lindental", publish=False)
        closed = make_offer(cast.tom, at=now, village="lindental")
        RideOffer.objects.filter(pk=closed.pk).update(known_only=True)
        make_request(cast.nora, at=now, village="lindental")
        guest = api(strang)
        for path in (f"events/{draft.pk}", f"carpool/offers/{closed.pk}"):
            assert guest.get(f"/api/v1/{path}").status_code == 404
        for what in Shared:
            assert len(guest.get(f"/api/v1/{LISTS[what]}").json()["items"]) == 1
        page = guest.get("/neighbours/lindental").content.decode()
        assert "Nora" not in page

    def test_keeps_blocked_pairs_apart(
        self, api: Api, cast: Cast, strang: Resident, shares: Any, things: dict[str, str]
    ) -> None:
        for what in (Shared.EVENTS, Shared.RIDES):
            shares(what)
        # They met where both lived once.
        elsewhere = Membership.objects.create(
            village=cast.lindental, resident=strang, created_at=timezone.now()
        )
        block(by=Actor(cast.tom.pk), resident_id=strang.pk, at=timezone.now())
        elsewhere.delete()
        for what in (Shared.EVENTS, Shared.RIDES):
            assert api(strang).get(f"/api/v1/{LISTS[what]}").json()["items"] == []
            assert api(strang).get(f"/api/v1/{things[what]}").status_code == 404

    def test_is_shown_by_its_pages_with_the_other_villages_name(
        self, api: Api, cast: Cast, strang: Resident, shares: Any, things: dict[str, str]
    ) -> None:
        shares(Shared.NEWS)
        guest = api(strang)
        assert "Lindental" in guest.get("/villages/bergheim/neighbours").content.decode()
        article = things[Shared.NEWS].removeprefix("articles/")
        assert f"/news/{article}" in guest.get("/neighbours/lindental").content.decode()
        page = guest.get(f"/villages/lindental/news/{article}").content.decode()
        assert "From Lindental" in page and "/institutions/" not in page
        assert guest.get("/villages/lindental/news").status_code == 404


class TestFollowing:
    def test_is_open_to_neighbours_while_both_want_it(
        self, cast: Cast, strang: Resident, shares: Any, things: dict[str, str]
    ) -> None:
        offer = things[Shared.RIDES]
        addresses = ("villages/lindental/news", "villages/lindental/events", offer)
        by = Actor(strang.pk)

        def open_ones() -> list[str]:
            found = [(each, find(each)) for each in addresses]
            return [each for each, followed in found if followed and admitted([by], followed)]

        assert open_ones() == []
        agreements = [shares(what) for what in Shared]
        assert open_ones() == list(addresses)
        board = find("villages/lindental/carpool")
        assert board is not None and not admitted([by], board)
        for each in agreements:
            actions.end_sharing(by=Actor(cast.stella.pk), agreement_id=each.pk, at=timezone.now())
        assert open_ones() == []


class TestTheSharingPage:
    def test_leads_from_a_question_to_both_yes_and_to_an_end(
        self, api: Api, cast: Cast, berta: Resident
    ) -> None:
        here, there = api(cast.stella), api(berta)
        said = {"other": "lindental", "what": "events", "direction": "reads"}
        assert there.post("/villages/bergheim/sharing", said).status_code == 302
        assert "asks for it" in here.get("/villages/lindental/sharing").content.decode()
        answer = {"other": "bergheim", "what": "events", "direction": "is-read"}
        assert here.post("/villages/lindental/sharing", answer).status_code == 302
        agreement = Agreement.objects.get()
        assert agreement.stands
        assert "both have said yes" in there.get("/villages/bergheim/sharing").content.decode()
        ended = there.post(f"/villages/bergheim/sharing/{agreement.pk}/end")
        assert ended.status_code == 302
        agreement.refresh_from_db()
        assert agreement.ended_at is not None

    def test_is_for_stewards(self, api: Api, nora: Resident, strang: Resident) -> None:
        path = "/villages/lindental/sharing"
        assert [api(each).get(path).status_code for each in (nora, strang)] == [403, 404]


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
class TestManyAtOnce:
    def test_say_yes_once(self, cast: Cast, berta: Resident) -> None:
        def say(_who: UUID) -> str:
            agree(berta, "bergheim", "lindental", Shared.NEWS, reads=True)
            return "asked"

        came = all_at_once(say, [uuid4() for _ in range(8)])
        assert came == {"asked": 1, "federation.sharing_stands": 7}
