# ruff: noqa: F811 - fixtures that come from another file
"""Two residents kept apart: neither meets the other, and nobody is told."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import uuid4

import pytest
from asgiref.sync import sync_to_async
from django.test import Client
from django.utils import timezone

from carpool.models import Booking, BookingStatus
from carpool.queries import matches_for
from events.models import AttendanceStatus
from notifications.models import Notification
from tests.carpool.factories import answer, book, make_offer, make_request
from tests.events.factories import make_date, make_event, sign_up
from tests.realtime.test_socket import nerves, people, signed_in  # noqa: F401
from tests.support.cast import Cast
from village.core.actor import Actor
from village.core.errors import Invalid, NotFound, OutOfScope
from village.journal.tasks import sweep
from village.journal.topics import admitted, find
from village.messaging import actions as messaging
from village.messaging.models import Department
from village.residents import actions
from village.residents.models import Block, Grant, Membership, Resident, Role, Village
from village.residents.queries import blocked_with

Api = Callable[..., Client]
BLOCKS = "/api/v1/me/blocks"


@pytest.fixture
def now() -> datetime:
    """Give the moment by the clock that the worker reads."""
    return timezone.now()


def keep_apart(blocker: Resident, blocked: Resident) -> Block:
    return actions.block(by=Actor(blocker.pk), resident_id=blocked.pk, at=timezone.now())


def work_off() -> None:
    """Let every reaction hear of what has happened, and of what comes of that."""
    while sweep():
        pass


def told(person: Resident) -> list[str]:
    return list(Notification.objects.filter(resident=person).values_list("title", flat=True))


@pytest.mark.django_db
class TestBlock:
    def test_keeps_both_apart_whoever_asked(self, tom: Resident, nora: Resident) -> None:
        keep_apart(nora, tom)
        assert blocked_with(tom.pk) == {nora.pk}
        assert blocked_with(nora.pk) == {tom.pk}

    def test_twice_is_once(self, tom: Resident, nora: Resident) -> None:
        assert keep_apart(nora, tom) == keep_apart(nora, tom)
        assert Block.objects.count() == 1

    def test_answers_the_same_to_who_is_blocked_already(
        self, tom: Resident, nora: Resident
    ) -> None:
        keep_apart(nora, tom)
        keep_apart(tom, nora)
        assert Block.objects.count() == 2

    def test_ends_only_when_both_took_it_back(self, tom: Resident, nora: Resident) -> None:
        keep_apart(nora, tom)
        keep_apart(tom, nora)
        actions.unblock(by=Actor(tom.pk), resident_id=nora.pk, at=timezone.now())
        assert blocked_with(tom.pk) == {nora.pk}
        actions.unblock(by=Actor(nora.pk), resident_id=tom.pk, at=timezone.now())
        assert blocked_with(tom.pk) == set()

    def test_cannot_be_taken_back_by_the_other_one(self, tom: Resident, nora: Resident) -> None:
        keep_apart(nora, tom)
        with pytest.raises(NotFound):
            actions.unblock(by=Actor(tom.pk), resident_id=nora.pk, at=timezone.now())

    def test_is_never_asked_for_in_somebodys_name(
        self, vera_for_edda: Actor, tom: Resident
    ) -> None:
        with pytest.raises(OutOfScope):
            actions.block(by=vera_for_edda, resident_id=tom.pk, at=timezone.now())

    def test_does_not_reach_oneself_nor_a_stranger(self, tom: Resident, strang: Resident) -> None:
        with pytest.raises(Invalid):
            keep_apart(tom, tom)
        with pytest.raises(NotFound):
            keep_apart(tom, strang)


@pytest.mark.django_db
class TestTheApi:
    def test_lists_only_the_blocks_one_asked_for(
        self, api: Api, tom: Resident, nora: Resident
    ) -> None:
        made = api(nora).put(f"{BLOCKS}/{tom.pk}")
        assert made.status_code == 200
        assert made.json()["resident"] == {"id": str(tom.pk), "display_name": "Tom"}
        assert [each["id"] for each in api(nora).get(BLOCKS).json()["items"]] == [made.json()["id"]]
        assert api(tom).get(BLOCKS).json()["items"] == []

    def test_takes_a_block_back(self, api: Api, tom: Resident, nora: Resident) -> None:
        api(nora).put(f"{BLOCKS}/{tom.pk}")
        assert api(nora).delete(f"{BLOCKS}/{tom.pk}").status_code == 204
        assert api(nora).delete(f"{BLOCKS}/{tom.pk}").status_code == 404

    def test_a_stranger_looks_like_nobody(self, api: Api, tom: Resident, strang: Resident) -> None:
        stranger = api(tom).put(f"{BLOCKS}/{strang.pk}")
        nobody = api(tom).put(f"{BLOCKS}/{uuid4()}")
        assert stranger.status_code == nobody.status_code == 404
        assert stranger.content == nobody.content

    def test_refuses_a_helper(self, api: Api, cast: Cast) -> None:
        helper = api(cast.vera, **{"X-Acting-For": str(cast.mandate.pk)})
        assert helper.get(BLOCKS).status_code == 403


@pytest.mark.django_db
class TestRides:
    @pytest.mark.parametrize("asks", ["driver", "rider"])
    def test_are_not_there_for_the_other(
        self, api: Api, tom: Resident, nora: Resident, now: datetime, asks: str
    ) -> None:
        offer, wish = make_offer(tom, at=now), make_request(nora, at=now)
        assert [ride.pk for ride, _ in matches_for(wish, at=now)] == [offer.pk]
        keep_apart(*((tom, nora) if asks == "driver" else (nora, tom)))

        assert api(nora).get("/api/v1/villages/lindental/carpool/offers").json()["items"] == []
        assert api(tom).get("/api/v1/villages/lindental/carpool/requests").json()["items"] == []
        assert matches_for(wish, at=now) == []
        absent = api(nora).get(f"/api/v1/carpool/offers/{uuid4()}")
        hidden = api(nora).get(f"/api/v1/carpool/offers/{offer.pk}")
        assert (hidden.status_code, hidden.content) == (404, absent.content)
        assert api(tom).get(f"/api/v1/carpool/requests/{wish.pk}").status_code == 404
        with pytest.raises(NotFound):
            book(nora, offer)
        assert api(nora).get(f"/carpool/offers/{offer.pk}").status_code == 404

    @pytest.mark.parametrize("asks", ["driver", "rider"])
    def test_that_were_booked_end_and_name_nobody(
        self, api: Api, tom: Resident, nora: Resident, now: datetime, asks: str
    ) -> None:
        offer = make_offer(tom, at=now)
        booking = answer(book(nora, offer))
        work_off()
        assert len(told(nora)) == 1
        keep_apart(*((tom, nora) if asks == "driver" else (nora, tom)))
        work_off()

        booking.refresh_from_db()
        offer.refresh_from_db()
        assert (booking.status, offer.seats_left) == (BookingStatus.CANCELLED, offer.seats)
        assert api(nora).get(f"/api/v1/carpool/bookings/{booking.pk}").status_code == 404
        assert api(tom).get(f"/api/v1/carpool/bookings/{booking.pk}").status_code == 404
        # Whoever was left behind hears that the ride is gone; the old words are taken back.
        left, asked = (nora, tom) if asks == "driver" else (tom, nora)
        assert len(told(left)) == 1 and told(asked) == []
        assert "Tom" not in told(left)[0] and "Nora" not in told(left)[0]

    def test_of_everybody_else_stay(
        self, api: Api, tom: Resident, nora: Resident, mia: Resident, now: datetime
    ) -> None:
        offer = make_offer(tom, at=now)
        booking = book(mia, offer)
        keep_apart(nora, tom)
        work_off()
        assert Booking.objects.get().pk == booking.pk and Booking.objects.get().is_active
        assert api(mia).get(f"/api/v1/carpool/offers/{offer.pk}").status_code == 200


@pytest.mark.django_db
class TestEvents:
    def test_are_not_there_for_the_other(
        self, api: Api, tom: Resident, nora: Resident, now: datetime
    ) -> None:
        event = make_event(tom, at=now)
        keep_apart(tom, nora)
        assert api(nora).get("/api/v1/villages/lindental/events").json()["items"] == []
        assert api(nora).get(f"/api/v1/events/{event.pk}").status_code == 404
        with pytest.raises(NotFound):
            sign_up(nora, event.occurrences.get())

    def test_give_the_place_to_who_waits(
        self, tom: Resident, nora: Resident, mia: Resident, now: datetime
    ) -> None:
        date = make_date(tom, at=now, capacity=1)
        hers, waits = sign_up(nora, date, at=now), sign_up(mia, date, at=now)
        keep_apart(nora, tom)
        work_off()
        hers.refresh_from_db()
        waits.refresh_from_db()
        assert hers.status == AttendanceStatus.WITHDRAWN
        assert waits.status == AttendanceStatus.CONFIRMED
        assert told(nora) == []

    def test_stay_before_who_keeps_order(
        self, api: Api, tom: Resident, max_: Resident, now: datetime
    ) -> None:
        event = make_event(tom, at=now)
        keep_apart(tom, max_)
        assert api(max_).get(f"/api/v1/events/{event.pk}").status_code == 200


@pytest.mark.django_db
class TestTheTownHall:
    def test_answers_whoever_blocked_the_clerk(
        self, api: Api, nora: Resident, otto: Resident, lindental: Village, now: datetime
    ) -> None:
        office = Department.objects.create(village=lindental, name="Office", created_at=now)
        desk = Membership.objects.get(resident=otto)
        Grant.objects.create(membership=desk, role=Role.CLERK, of=office.pk, granted_at=now)
        keep_apart(nora, otto)
        case = messaging.open_case(
            by=Actor(nora.pk),
            village="lindental",
            department_id=office.pk,
            title="Lamp",
            text="It is dark.",
            at=now,
        )
        messaging.write_message(by=Actor(otto.pk), case_id=case.pk, text="We come.", at=now)
        work_off()
        thread = api(nora).get(f"/api/v1/cases/{case.pk}/messages").json()["items"]
        assert [each["author_name"] for each in thread] == ["Otto", "Nora"]
        assert len(told(nora)) == 1


@pytest.mark.django_db
class TestStreams:
    def test_a_ride_no_longer_lets_the_other_in(
        self, tom: Resident, nora: Resident, now: datetime
    ) -> None:
        followed = find(f"carpool/offers/{make_offer(tom, at=now).pk}")
        assert followed is not None
        assert admitted({Actor(nora.pk)}, followed) == {Actor(nora.pk)}
        keep_apart(nora, tom)
        assert admitted({Actor(nora.pk)}, followed) == set()


@pytest.mark.django_db(transaction=True)
class TestSockets:
    @pytest.fixture
    async def following(self, people: Cast, signed_in: Any) -> dict[str, Any]:
        """Let nora and mia follow the rides."""
        phones = {"nora": await signed_in(people.nora), "mia": await signed_in(people.mia)}
        for phone in phones.values():
            await phone.say(type="subscribe", topic="villages/lindental/carpool")
            assert (await phone.hear())["type"] == "subscribed"
        return phones

    async def test_show_a_tombstone_at_the_same_number(self, people: Cast, signed_in: Any) -> None:
        await sync_to_async(keep_apart)(people.tom, people.nora)
        nora, mia = await signed_in(people.nora), await signed_in(people.mia)
        for phone in (nora, mia):
            await phone.say(type="subscribe", topic="villages/lindental/carpool")
            await phone.hear()
        await sync_to_async(make_offer)(people.tom, at=timezone.now())
        await sync_to_async(make_offer)(people.mia, at=timezone.now())

        hers = [await nora.hear(), await nora.hear()]
        others = [await mia.hear(), await mia.hear()]
        assert [each["seq"] for each in hers] == [each["seq"] for each in others]
        assert hers[0]["data"] == {"gone": True}
        assert others[0]["data"]["driver"]["display_name"] == "Tom"
        assert hers[1]["data"] == others[1]["data"]

    async def test_that_are_open_hide_from_the_block_on(
        self, people: Cast, following: dict[str, Any]
    ) -> None:
        await sync_to_async(make_offer)(people.tom, at=timezone.now())
        assert (await following["nora"].hear())["data"]["driver"]["display_name"] == "Tom"
        await sync_to_async(keep_apart)(people.nora, people.tom)
        shown: Any = None
        for _ in range(20):
            await sync_to_async(make_offer)(people.tom, at=timezone.now())
            if (shown := await following["nora"].hear())["data"] == {"gone": True}:
                break
        assert shown["data"] == {"gone": True}
        await sync_to_async(actions.unblock)(
            by=Actor(people.nora.pk), resident_id=people.tom.pk, at=timezone.now()
        )
        for _ in range(20):
            await sync_to_async(make_offer)(people.tom, at=timezone.now())
            if "driver" in (shown := await following["nora"].hear())["data"]:
                break
        assert shown["data"]["driver"]["display_name"] == "Tom"
