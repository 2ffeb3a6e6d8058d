"""The socket end to end inside one process: handshake, greeting, frames, limits, revocation."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from channels.testing import WebsocketCommunicator
from django.contrib.auth import login
from django.db import connections, transaction
from django.http import HttpRequest
from django.utils import timezone

from tests.support.cast import Cast, make_cast
from village.asgi import application
from village.core.actor import SYSTEM, Actor
from village.core.sessions import SessionStore, key_of
from village.journal.actions import record
from village.realtime import tickets
from village.realtime.hub import hub
from village.realtime.registry import registry
from village.residents import facts
from village.residents.models import Resident

pytestmark = pytest.mark.django_db(transaction=True)


class Phone:
    """A client that says exactly what a test tells it to."""

    def __init__(self, headers: list[tuple[bytes, bytes]] | None = None) -> None:
        self.wire = WebsocketCommunicator(
            application, "/ws", headers=headers, subprotocols=["village.v1"]
        )

    async def connect(self) -> bool:
        connected, _ = await self.wire.connect(timeout=5)
        return connected

    async def say(self, **frame: Any) -> None:
        await self.wire.send_to(text_data=json.dumps(frame))

    async def hear(self) -> dict[str, Any]:
        return json.loads(await self.wire.receive_from(timeout=5))

    async def hear_close(self) -> int:
        while (message := await self.wire.receive_output(timeout=8))["type"] != "websocket.close":
            pass
        return message["code"]


def session_of(resident: Resident) -> str:
    request = HttpRequest()
    request.session = SessionStore()
    login(request, resident, backend="django.contrib.auth.backends.ModelBackend")
    request.session.save()
    return request.session.token


def ticket_of(by: Actor | Resident) -> str:
    actor = by if isinstance(by, Actor) else Actor(by.pk)
    helper = actor.helper_id or actor.principal_id
    key = key_of(session_of(Resident.objects.get(pk=helper)))
    return tickets.open_ticket(by=actor, session_key=key, at=timezone.now())


@sync_to_async
def everybody() -> Cast:
    return make_cast(timezone.now())


ticket = sync_to_async(ticket_of)


@pytest.fixture(autouse=True)
async def nerves() -> AsyncIterator[None]:
    yield
    await hub.stop()


@pytest.fixture
async def people() -> AsyncIterator[Cast]:
    yield await everybody()
    # The thread of the synchronous parts keeps its connection, which would outlive the database.
    await sync_to_async(connections.close_all)()


@pytest.fixture
async def signed_in(people: Cast) -> AsyncIterator[Callable[..., Any]]:
    phones: list[Phone] = []

    async def sign_in(by: Actor | Resident) -> Phone:
        phone = Phone()
        phones.append(phone)
        await phone.connect()
        await phone.say(type="hello", ticket=await ticket(by))
        assert (await phone.hear())["type"] == "welcome"
        return phone

    yield sign_in
    for phone in phones:
        await phone.wire.disconnect()


@sync_to_async
def grant(people: Cast, resident: Resident) -> None:
    """Record something that appears on the resident's own stream."""
    with transaction.atomic():
        record(
            facts.RoleGranted(village="lindental", resident_id=resident.pk, role="volunteer"),
            by=SYSTEM,
            at=timezone.now(),
        )


class TestPlaces:
    async def test_of_one_network_are_bounded_and_free_again(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        registry.start()
        monkeypatch.setattr(registry.places, "most", 1)
        phones = [Phone() for _ in range(3)]
        for phone in phones:
            phone.wire.scope["client"] = ("2001:db8::7", 4711)
        first, second, third = phones
        assert [await first.connect(), await second.connect()] == [True, False]
        await first.wire.disconnect()
        assert await third.connect()
        await third.wire.disconnect()
        assert not registry.places.taken


class TestGreeting:
    async def test_welcomes_who_says_a_ticket(self, signed_in: Any, people: Cast) -> None:
        await signed_in(people.nora)

    async def test_lets_a_ticket_in_only_once(self, people: Cast) -> None:
        said = await ticket(people.nora)
        first, second = Phone(), Phone()
        for phone in (first, second):
            await phone.connect()
            await phone.say(type="hello", ticket=said)

        heard = [await phone.wire.receive_output(timeout=5) for phone in (first, second)]

        assert sorted(each["type"] for each in heard) == ["websocket.close", "websocket.send"]
        assert [each["code"] for each in heard if "code" in each] == [4401]

    @pytest.mark.parametrize(
        ("frame", "code"),
        [
            ('{"type": "hello", "ticket": "nonsense"}', 4401),
            ('{"type": "hello"}', 4401),
            ('{"type": "subscribe", "topic": "villages/lindental/news"}', 4401),
            ("not json", 4400),
            ("[]", 4400),
            ('{"type": "dance"}', 4400),
            ('{"type": "hello", "ticket": 7}', 4400),
            ('{"type": "' + "x" * 20_000 + '"}', 4400),
        ],
    )
    async def test_closes_with_a_clear_code(self, people: Cast, frame: str, code: int) -> None:
        phone = Phone()
        await phone.connect()
        await phone.wire.send_to(text_data=frame)

        assert await phone.hear_close() == code

    async def test_refuses_a_page_of_another_origin(self) -> None:
        assert not await Phone(
            [(b"origin", b"http://evil.example"), (b"host", b"testserver")]
        ).connect()

    async def test_believes_a_cookie_only_with_our_own_origin(self, people: Cast) -> None:
        cookie = (b"cookie", f"village={await sync_to_async(session_of)(people.nora)}".encode())
        page = Phone([(b"origin", b"http://testserver"), (b"host", b"testserver"), cookie])
        tool = Phone([(b"host", b"testserver"), cookie])
        for phone in (page, tool):
            await phone.connect()
            await phone.say(type="hello")

        assert (await page.hear())["resident"] == str(people.nora.pk)
        assert await tool.hear_close() == 4401


def caller(host: str) -> Phone:
    phone = Phone()
    phone.wire.scope["client"] = (host, 4711)
    return phone


class TestOneNetwork:
    async def test_holds_so_many_sockets_signed_in_or_not(
        self, people: Cast, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        registry.start()
        monkeypatch.setattr(registry.places, "most", 2)
        first, second, third = (caller("198.51.100.7") for _ in range(3))
        assert await first.connect() and await second.connect()
        assert not await third.connect()
        other = caller("198.51.100.8")
        assert await other.connect()

        await first.wire.disconnect()
        again = caller("198.51.100.7")
        assert await again.connect()
        for phone in (second, other, again):
            await phone.wire.disconnect()
        assert not registry.places.taken


class TestFollowing:
    async def test_shows_what_happens_and_what_was_missed(
        self, signed_in: Any, people: Cast
    ) -> None:
        nora = await signed_in(people.nora)
        await nora.say(type="subscribe", topic="residents/me")
        subscribed = await nora.hear()
        await grant(people, people.nora)
        event = await nora.hear()

        assert subscribed["seq"] == 0 and not subscribed["recovered"]
        assert (event["type"], event["topic"], event["seq"]) == ("event", "residents/me", 1)

        for _ in range(3):
            await grant(people, people.nora)
        again = await signed_in(people.nora)
        since = {"epoch": subscribed["epoch"], "seq": 1}
        await again.say(type="subscribe", topic="residents/me", since=since)

        assert (await again.hear())["recovered"]
        assert [(await again.hear())["seq"] for _ in range(3)] == [2, 3, 4]

    async def test_resets_a_client_of_another_epoch(self, signed_in: Any, people: Cast) -> None:
        nora = await signed_in(people.nora)
        since = {"epoch": "0123456789abcdef", "seq": 1}
        await nora.say(type="subscribe", topic="residents/me", since=since)

        reset = await nora.hear()

        assert (reset["type"], reset["reason"]) == ("reset", "epoch")
        assert reset["snapshot"].startswith("/api/v1/")

    @pytest.mark.parametrize(
        ("topic", "code"),
        [
            ("villages/nowhere", "topic.unknown"),
            ("access", "topic.not_admitted"),
            ("residents/00000000-0000-4000-8000-000000000000", "topic.not_admitted"),
        ],
    )
    async def test_refuses_what_may_not_be_followed(
        self, signed_in: Any, people: Cast, topic: str, code: str
    ) -> None:
        nora = await signed_in(people.nora)
        await nora.say(type="subscribe", topic=topic)

        assert await nora.hear() == {"type": "refused", "topic": topic, "code": code}

    async def test_a_window_holds_back_a_client_that_does_not_acknowledge(
        self, signed_in: Any, people: Cast
    ) -> None:
        nora = await signed_in(people.nora)
        await nora.say(type="subscribe", topic="residents/me")
        await nora.hear()
        for _ in range(260):
            await grant(people, people.nora)
        heard = [(await nora.hear())["seq"] for _ in range(256)]

        assert heard == list(range(1, 257))
        assert await nora.wire.receive_nothing(timeout=1.5)

        await nora.say(type="ack", topic="residents/me", seq=256)
        assert [(await nora.hear())["seq"] for _ in range(4)] == [257, 258, 259, 260]

    async def test_asking_twice_at_once_is_following_once(
        self, signed_in: Any, people: Cast
    ) -> None:
        nora = await signed_in(people.nora)
        for _ in range(3):
            await nora.say(type="subscribe", topic="residents/me")
        assert [(await nora.hear())["type"] for _ in range(3)] == ["subscribed"] * 3
        await grant(people, people.nora)

        assert (await nora.hear())["seq"] == 1
        assert await nora.wire.receive_nothing(timeout=1.5)

        await nora.say(type="unsubscribe", topic="residents/me")
        await grant(people, people.nora)
        assert await nora.wire.receive_nothing(timeout=1.5)


class TestRevocation:
    async def test_signing_out_closes_the_socket(self, signed_in: Any, people: Cast) -> None:
        nora = await signed_in(people.nora)
        await sync_to_async(SessionStore.get_model_class().objects.all().delete)()

        assert await nora.hear_close() == 4401
