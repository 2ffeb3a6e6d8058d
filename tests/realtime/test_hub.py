# ruff: noqa: F811 - fixtures that come from another file
"""The hub when something comes between: a revocation, a restore, a client who leaves or lies."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from dataclasses import replace
from typing import Any
from uuid import UUID

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
from tests.support.cast import DEPARTMENT, Cast
from village.asgi import application
from village.core import delegation
from village.core.actor import SYSTEM, Actor
from village.journal import queries, readers
from village.journal.actions import record
from village.journal.models import Entry, Stream, StreamEntry
from village.journal.topics import find, uuid_or_none
from village.messaging.actions import open_case as open_a_case
from village.messaging.models import Department
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


def open_case(people: Cast) -> UUID:
    at = timezone.now()
    Department.objects.create(
        id=DEPARTMENT, village=people.lindental, name="Roads", about="Holes.", created_at=at
    )
    return open_a_case(
        by=Actor(people.nora.pk),
        village="lindental",
        department_id=DEPARTMENT,
        title="The lamp at the mill is out",
        text="It is dark there.",
        at=at,
    ).pk


def withdraw(people: Cast) -> None:
    with transaction.atomic():
        fact = facts.RoleWithdrawn(
            village="lindental", resident_id=people.nora.pk, role="volunteer"
        )
        record(fact, by=SYSTEM, at=timezone.now())


@sync_to_async
def grant_unreadably(people: Cast) -> None:
    """Record what only a newer process can read."""
    with transaction.atomic():
        fact = facts.RoleGranted(village="lindental", resident_id=people.nora.pk, role="volunteer")
        entry = record(fact, by=SYSTEM, at=timezone.now()).entry_id
        Entry.objects.filter(pk=entry).update(kind="rooms.from_tomorrow")


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


class TestTyping:
    async def test_is_relayed_to_the_others_and_kept_nowhere(
        self, signed_in: Any, people: Cast
    ) -> None:
        case = await sync_to_async(open_case)(people)
        topic = f"cases/{case}"
        nora, again, otto = [
            await signed_in(each) for each in (people.nora, people.nora, people.otto)
        ]
        for phone in (nora, again, otto):
            await phone.say(type="subscribe", topic=topic)
            assert (await phone.hear())["type"] == "subscribed"
        entries = await sync_to_async(Entry.objects.count)()
        await nora.say(type="typing", topic=topic)

        assert await otto.hear() == {"type": "typing", "topic": topic, "by": str(people.nora.pk)}
        assert await again.wire.receive_nothing(timeout=0.5)
        assert await nora.wire.receive_nothing(timeout=0.1)
        assert await sync_to_async(Entry.objects.count)() == entries

    async def test_is_not_relayed_where_nobody_talks(self, signed_in: Any, people: Cast) -> None:
        nora, tom = [await signed_in(each) for each in (people.nora, people.tom)]
        for phone in (nora, tom):
            await phone.say(type="subscribe", topic=NEWS)
            assert (await phone.hear())["type"] == "subscribed"
        await nora.say(type="typing", topic=NEWS)

        assert await tom.wire.receive_nothing(timeout=0.5)


class TestRollingDeploy:
    async def test_what_a_newer_process_wrote_sends_to_the_list_and_stops_nobody(
        self, signed_in: Any, people: Cast
    ) -> None:
        for _ in range(3):
            await grant(people, people.nora)
        newest = await sync_to_async(Entry.objects.latest)("pk")
        await sync_to_async(Entry.objects.filter(pk=newest.pk).update)(kind="rooms.from_tomorrow")
        nora = await signed_in(people.nora)
        await nora.say(type="subscribe", topic="residents/me", since={"epoch": "", "seq": 0})

        heard = [await nora.hear() for _ in range(4)]

        assert [each["type"] for each in heard] == ["subscribed", "event", "event", "reset"]
        assert (heard[3]["seq"], heard[3]["snapshot"][:8]) == (3, "/api/v1/")
        since = {"epoch": heard[3]["epoch"], "seq": 3}
        await nora.say(type="subscribe", topic="residents/me", since=since)
        assert (await nora.hear())["type"] == "subscribed"
        await grant(people, people.nora)
        assert (await nora.hear())["seq"] == 4

    async def test_one_that_arrives_in_the_log_is_passed_over(
        self, signed_in: Any, people: Cast, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        nora = await signed_in(people.nora)
        await nora.say(type="subscribe", topic="residents/me")
        await nora.hear()
        # No hint arrives: the poll finds it.
        monkeypatch.setattr(readers, "watchers", [])
        await grant_unreadably(people)

        reset = await nora.hear()

        assert (reset["type"], reset["reason"], reset["seq"]) == ("reset", "trimmed", 1)

    async def test_a_hint_of_a_newer_process_is_understood_as_far_as_it_goes(
        self, signed_in: Any, people: Cast
    ) -> None:
        nora = await signed_in(people.nora)
        await nora.say(type="subscribe", topic="residents/me")
        epoch = (await nora.hear())["epoch"]
        address = f"residents/{people.nora.pk}"
        text = '{"type":"event","topic":"residents/me","seq":1,"kind":"x.new","at":"","data":{}}'
        newer = {"type": "hint", "address": address, "epoch": epoch, "seq": 1, "kind": "x.new"}
        hub.receive(newer | {"scope": "from.tomorrow", "text": text, "people": []})

        assert (await nora.hear())["kind"] == "x.new"

        await grant(people, people.nora)  # the log has a 1 of its own, and nothing breaks
        older = newer | {"seq": 2, "scope": None, "text": text}
        hub.receive(older)
        await grant(people, people.nora)
        assert (await nora.hear())["seq"] == 2


class TestErasure:
    async def test_what_was_read_before_it_does_not_come_back_into_the_ring(
        self, signed_in: Any, people: Cast, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        topic = find(f"residents/{people.nora.pk}").topic  # type: ignore[union-attr]
        shown, erasing = dict(topic.cargo), facts.RoleWithdrawn
        monkeypatch.setattr(topic, "erasing_kinds", frozenset({erasing.kind}))
        gone = False

        def role(fact: Any) -> Any:
            return None if gone else shown[type(fact)].render(fact)

        cargo = shown[facts.RoleGranted]
        monkeypatch.setitem(topic.cargo, facts.RoleGranted, replace(cargo, render=role))
        for _ in range(3):
            await grant(people, people.nora)
        nora, other = await signed_in(people.nora), await signed_in(people.nora)
        await other.say(type="subscribe", topic="residents/me")
        assert (await other.hear())["seq"] == 3
        log = Pause(monkeypatch, "frames")
        await nora.say(type="subscribe", topic="residents/me", since={"epoch": "", "seq": 0})
        assert (await nora.hear())["type"] == "subscribed"
        await log.until_found()  # with the content of all three
        gone = True
        await sync_to_async(withdraw)(people)
        assert (await other.hear())["seq"] == 4
        log.go_on.set()

        heard = [await nora.hear() for _ in range(4)]

        assert [each["data"] for each in heard[:3]] == [{"gone": True}] * 3
        ring = hub.channels[f"residents/{people.nora.pk}"].ring
        assert not [each for each in ring if each.seq < 4 and '"gone":true' not in each.text]


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
