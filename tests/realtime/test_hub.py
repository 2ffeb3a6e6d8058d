# ruff: noqa: F811 - fixtures that come from another file
"""The hub when something comes between: a revocation, a restore, a client who leaves or lies."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from channels.testing import WebsocketCommunicator
from django.db import connections, transaction
from django.utils import timezone

from tests.realtime.test_socket import (  # noqa: F401
    Phone,
    grant,
    nerves,
    people,
    signed_in,
)
from tests.support.cast import Cast
from village.asgi import application
from village.core import delegation
from village.core.actor import SYSTEM, Actor
from village.journal import queries
from village.journal.actions import record
from village.journal.models import Stream, StreamEntry
from village.journal.topics import uuid_or_none
from village.realtime import hints, lookups
from village.realtime.channel import Follower
from village.realtime.hub import hub
from village.realtime.registry import registry
from village.realtime.tickets import Identity
from village.residents import actions, facts

pytestmark = pytest.mark.django_db(transaction=True)
NEWS = "villages/lindental/news"
# House rule 6: access that has ended is gone from every socket within five seconds.
WITHIN_S = 5


class Pause:
    """Let a lookup finish, and keep what it found until the test goes on."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
        self.found, self.go_on = threading.Event(), threading.Event()
        look: Callable[..., Any] = getattr(lookups, name)

        def look_and_wait(*args: Any, **kwargs: Any) -> Any:
            answer = look(*args, **kwargs)
            self.found.set()
            assert self.go_on.wait(10)
            return answer

        monkeypatch.setattr(lookups, name, look_and_wait)

    async def until_found(self) -> None:
        assert await asyncio.to_thread(self.found.wait, 10)


def follower_of(address: str) -> Follower:
    (follower,) = hub.channels[address].followers
    return follower


async def until(holds: Callable[[], bool]) -> None:
    async with asyncio.timeout(WITHIN_S):
        while not holds():
            await asyncio.sleep(0.02)


class TestGreeting:
    async def test_a_ticket_that_is_no_text_keeps_nobody_else_out(
        self,
        signed_in: Any,
        people: Cast,
    ) -> None:
        liar = Phone()
        await liar.connect()
        await liar.wire.send_to(text_data='{"type": "hello", "ticket": "\\ud800"}')

        assert await liar.hear_close() in (4400, 4401)
        await signed_in(people.nora)

    async def test_a_helper_takes_no_room_from_her_principal(
        self,
        signed_in: Any,
        people: Cast,
    ) -> None:
        for _ in range(8):
            await signed_in(people.vera_for_edda())

        await signed_in(people.edda)

    async def test_another_address_is_refused_without_an_error(self) -> None:
        wire = WebsocketCommunicator(application, "/nowhere")

        assert await wire.connect(timeout=5) == (False, 1000)

    async def test_an_origin_that_is_no_address_is_refused(self) -> None:
        assert not await Phone([(b"origin", b"http://["), (b"host", b"testserver")]).connect()


class TestClock:
    async def test_goes_on_when_the_last_follower_of_a_stream_is_too_slow(
        self,
        signed_in: Any,
        people: Cast,
    ) -> None:
        nora, tom = await signed_in(people.nora), await signed_in(people.tom)
        await nora.say(type="subscribe", topic="residents/me")
        await nora.hear()
        slow = follower_of(f"residents/{people.nora.pk}")
        slow.channel.behind.add(slow)
        slow.stalled_at = 0.0

        hub.close_stalled(slow.connection.clock() + 3600)

        assert await nora.hear_close() == 4408
        await tom.say(type="ping")
        assert (await tom.hear())["type"] == "pong"


class TestRevocation:
    async def test_bites_who_stands_in_the_door(
        self,
        signed_in: Any,
        people: Cast,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        nora = await signed_in(people.nora)
        door = Pause(monkeypatch, "doors")
        await nora.say(type="subscribe", topic=NEWS)
        await door.until_found()

        await sync_to_async(actions.leave_village)(
            by=Actor(people.nora.pk),
            village="lindental",
            resident_id=people.nora.pk,
            at=timezone.now(),
        )
        # Every process hears of it, and looks again at her sockets, before the door answers.
        await asyncio.sleep(1)
        door.go_on.set()

        async with asyncio.timeout(WITHIN_S):
            while (heard := await nora.hear())["type"] != "refused":
                pass
        assert heard["topic"] == NEWS
        assert not registry.connections or NEWS not in hub.channels

    async def test_asks_without_waiting_for_who_acts(self, people: Cast) -> None:
        vera = people.vera_for_edda()
        holds, done = threading.Event(), threading.Event()

        def act() -> None:
            try:
                with transaction.atomic():
                    delegation.hold_mandate(vera)
                    holds.set()
                    done.wait(10)
            finally:
                connections.close_all()

        acting = asyncio.create_task(asyncio.to_thread(act))
        await asyncio.to_thread(holds.wait, 10)
        try:
            async with asyncio.timeout(2):
                await asyncio.shield(
                    look := asyncio.ensure_future(
                        hub.lookups.run(lookups.ended, [Identity(vera, "a-session")])
                    )
                )
        finally:
            done.set()
            await acting
            await look


class TestFollowing:
    async def test_leaving_while_the_log_is_read_is_leaving(
        self,
        signed_in: Any,
        people: Cast,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        for _ in range(3):
            await grant(people, people.nora)
        nora = await signed_in(people.nora)
        log = Pause(monkeypatch, "frames")
        await nora.say(type="subscribe", topic="residents/me", since={"epoch": "", "seq": 0})
        assert (await nora.hear())["type"] == "subscribed"
        left = follower_of(f"residents/{people.nora.pk}")
        await log.until_found()
        await nora.say(type="unsubscribe", topic="residents/me")
        await until(lambda: not left.channel.followers)
        log.go_on.set()

        assert await nora.wire.receive_nothing(timeout=1.5)
        assert left not in left.channel.behind

    async def test_a_restore_that_lost_history_resets(
        self,
        signed_in: Any,
        people: Cast,
    ) -> None:
        for _ in range(3):
            await grant(people, people.nora)
        nora = await signed_in(people.nora)
        await nora.say(type="subscribe", topic="residents/me")
        assert (await nora.hear())["seq"] == 3

        await sync_to_async(lose_history)(f"residents/{people.nora.pk}")

        async with asyncio.timeout(WITHIN_S):
            reset = await nora.hear()
        assert (reset["type"], reset["reason"], reset["seq"]) == ("reset", "epoch", 1)
        epochs = {(await stand(people)).epoch, reset["epoch"]}
        await asyncio.sleep(1.5)
        assert epochs == {(await stand(people)).epoch}

    async def test_what_was_trimmed_before_it_was_shown_resets(
        self,
        signed_in: Any,
        people: Cast,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        nora = await signed_in(people.nora)
        await nora.say(type="subscribe", topic="residents/me")
        assert (await nora.hear())["seq"] == 0
        monkeypatch.setattr(hints, "send", lambda messages: None)
        await sync_to_async(write_and_trim)(people)

        async with asyncio.timeout(WITHIN_S):
            reset = await nora.hear()
        assert (reset["type"], reset["reason"], reset["seq"]) == ("reset", "trimmed", 3)

    @pytest.mark.parametrize("spelt", ["{}", "urn:uuid:{}", "  {}"])
    def test_an_id_has_one_spelling(self, spelt: str) -> None:
        id_ = "6f1b2c3d-0a1b-4c2d-8e3f-0123456789ab"
        assert uuid_or_none(id_) is not None
        for other in (id_.upper(), id_.replace("-", ""), spelt.format(id_).upper()):
            assert uuid_or_none(other) is None


def lose_history(address: str) -> None:
    with transaction.atomic():
        StreamEntry.objects.filter(stream__address=address, seq__gt=1).delete()
        Stream.objects.filter(address=address).update(last_seq=1)


def write_and_trim(people: Cast) -> None:
    address = f"residents/{people.nora.pk}"
    with transaction.atomic():
        for role in ("volunteer", "editor", "clerk"):
            record(
                facts.RoleGranted(village="lindental", resident_id=people.nora.pk, role=role),
                by=SYSTEM,
                at=timezone.now(),
            )
        Stream.objects.filter(address=address).update(floor_seq=2)
        StreamEntry.objects.filter(stream__address=address, seq__lte=2).delete()


@sync_to_async
def stand(people: Cast) -> queries.Top:
    return queries.top(f"residents/{people.nora.pk}")
