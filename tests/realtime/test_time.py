# ruff: noqa: F811 - fixtures that come from another file
"""What happens by the clock: heartbeats, ages, times that run out, and whoever says nothing."""

from __future__ import annotations

import asyncio
import time
from datetime import timedelta
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from django.utils import timezone

from tests.realtime.test_socket import (  # noqa: F401
    Phone,
    grant,
    nerves,
    people,
    session_of,
    signed_in,
)
from tests.support.cast import Cast
from village.assist.models import Accreditation
from village.core import sessions
from village.core.actor import Actor
from village.core.sessions import SessionStore, key_of
from village.realtime import protocol, tickets
from village.realtime.registry import registry
from village.residents import actions
from village.residents.models import Resident

pytestmark = pytest.mark.django_db(transaction=True)
# House rule 6.
WITHIN_S = 5


def due_now() -> None:
    """Bring the heartbeat of every socket to the next second."""
    for slot in registry._slots:
        slot.update(registry.connections)


async def hear(phone: Phone, kind: str) -> dict[str, Any]:
    async with asyncio.timeout(WITHIN_S):
        while (heard := await phone.hear())["type"] != kind:
            pass
    return heard


class TestHeartbeat:
    async def test_tells_where_each_followed_stream_stands(
        self, signed_in: Any, people: Cast
    ) -> None:
        nora = await signed_in(people.nora)
        for topic in ("residents/me", "villages/lindental/news"):
            await nora.say(type="subscribe", topic=topic)
            await hear(nora, "subscribed")
        await grant(people, people.nora)
        await hear(nora, "event")
        due_now()

        top = await hear(nora, "top")

        assert top["positions"] == {"residents/me": 1, "villages/lindental/news": 0}

    async def test_is_spread_over_the_beat(self) -> None:
        assert len(registry._slots) == protocol.HEARTBEAT == 25


class TestAge:
    async def test_a_socket_of_twelve_hours_is_sent_to_come_back(
        self, signed_in: Any, people: Cast
    ) -> None:
        nora = await signed_in(people.nora)
        [connection] = registry.connections
        connection.opened_at -= 12 * 3600 - 60
        due_now()
        await hear(nora, "top")
        connection.opened_at -= 61
        due_now()

        assert (await hear(nora, "going_away"))["retry_after"] >= 0
        assert await nora.hear_close() == 4410

    async def test_who_says_no_hello_is_sent_away(self, people: Cast) -> None:
        stranger = Phone()
        began = time.monotonic()
        await stranger.connect()

        assert await stranger.hear_close() == 4401
        assert 4.5 < time.monotonic() - began < 7.5


class TestTimeThatRunsOut:
    async def test_an_expired_accreditation_ends_the_volunteers_own_desk(
        self, signed_in: Any, people: Cast
    ) -> None:
        vera, carla = await signed_in(people.vera), await signed_in(people.carla)
        desk = f"centres/{people.centre.pk}/desk"
        for phone in (vera, carla):
            await phone.say(type="subscribe", topic=desk)
            await hear(phone, "subscribed")
        over = timezone.now() - timedelta(seconds=1)
        await sync_to_async(Accreditation.objects.update)(valid_until=over)

        refused = await hear(vera, "refused")

        assert (refused["topic"], refused["code"]) == (desk, "topic.not_admitted")
        assert await carla.wire.receive_nothing(timeout=1)

    @pytest.mark.parametrize("end", ["leaves", "signs out", "is banned"])
    async def test_what_ends_bites_within_five_seconds(
        self, signed_in: Any, people: Cast, end: str
    ) -> None:
        nora = await signed_in(people.nora)
        await nora.say(type="subscribe", topic="villages/lindental/news")
        await hear(nora, "subscribed")
        by, at = Actor(people.nora.pk), timezone.now()
        match end:
            case "leaves":
                await sync_to_async(actions.leave_village)(
                    by=by, village="lindental", resident_id=by.principal_id, at=at
                )
                assert (await hear(nora, "refused"))["topic"] == "villages/lindental/news"
                return
            case "signs out":
                [connection] = registry.connections
                assert connection.identity is not None
                await sync_to_async(_forget)(connection.identity.session_key)
            case "is banned":
                await sync_to_async(Resident.objects.filter(pk=by.principal_id).update)(
                    is_active=False
                )
        async with asyncio.timeout(WITHIN_S):
            assert await nora.hear_close() == 4401

    async def test_a_token_of_which_there_is_a_copy_closes_the_sockets_of_its_session(
        self, people: Cast, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        token = await sync_to_async(session_of)(people.nora)
        open_ticket = sync_to_async(tickets.open_ticket)
        said = await open_ticket(
            by=Actor(people.nora.pk), session_key=key_of(token), at=timezone.now()
        )
        nora = Phone()
        await nora.connect()
        await nora.say(type="hello", ticket=said)
        await hear(nora, "welcome")
        await sync_to_async(_renew)(token)
        monkeypatch.setattr(sessions, "LOST_ANSWERS_SECONDS", 0)

        assert await sync_to_async(tickets.identities_of)([token]) == {}

        async with asyncio.timeout(WITHIN_S):
            assert await nora.hear_close() == 4401


def _forget(session_key: str) -> None:
    SessionStore(session_key).delete()


def _renew(token: str) -> None:
    session = SessionStore.of_token(token)
    session.renew_token()
    session.save()
