# ruff: noqa: F811 - fixtures that come from another file
"""Many who come back at once: a few queries, nobody with a gap, and nobody kept out by another."""

from __future__ import annotations

import asyncio
import json
from collections import Counter
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from django.db import connections
from django.db.backends.utils import CursorWrapper

from tests.realtime.test_socket import (  # noqa: F401
    Phone,
    grant,
    nerves,
    people,
    session_of,
    signed_in,
    ticket,
)
from tests.support.at_once import make_crowd
from tests.support.cast import Cast
from village.core.actor import Actor
from village.journal import topics as journal_topics
from village.journal.queries import top
from village.realtime import tickets
from village.realtime.hub import hub
from village.residents.models import Resident

pytestmark = pytest.mark.django_db(transaction=True)
CROWD = 60
MISSED = 20
ACCESS = "villages/lindental/news"


class Asked:
    """Count the queries of the hub's threads by the table they are about."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.about: Counter[str] = Counter()
        execute = CursorWrapper.execute

        def count(cursor: CursorWrapper, sql: Any, params: Any = None) -> Any:
            for table in ("django_session", "realtime_ticket", "residents_membership"):
                self.about[table] += f'"{table}"' in sql or f"FROM {table}" in sql
            self.about["all"] += 1
            return execute(cursor, sql, params)

        monkeypatch.setattr(CursorWrapper, "execute", count)


async def come_back(said: str | None, cookie: str, *subscriptions: dict[str, Any]) -> Phone:
    headers = [(b"origin", b"http://testserver"), (b"host", b"testserver")]
    phone = Phone([*headers, (b"cookie", f"village={cookie}".encode())] if cookie else None)
    await phone.connect()
    await phone.say(type="hello", **({"ticket": said} if said else {}))
    assert (await phone.hear())["type"] == "welcome"
    for frame in subscriptions:
        await phone.say(type="subscribe", **frame)
    return phone


async def caught_up(phone: Phone, topics: int) -> dict[str, list[int]]:
    heard: dict[str, list[int]] = {}
    async with asyncio.timeout(20):
        while len(heard) < topics or any(len(each) < MISSED for each in heard.values()):
            frame = json.loads(await phone.wire.receive_from(timeout=20))
            if frame["type"] == "event":
                heard.setdefault(frame["topic"], []).append(frame["seq"])
    return heard


class TestHerd:
    @pytest.mark.parametrize("way", ["tickets", "cookies"])
    async def test_is_signed_in_and_let_in_together(
        self, people: Cast, monkeypatch: pytest.MonkeyPatch, way: str
    ) -> None:
        crowd = await sync_to_async(make_crowd)(
            people.lindental, at=people.lindental.created_at, people=CROWD
        )
        residents = [await Resident.objects.aget(pk=each) for each in crowd]
        tokens = [await sync_to_async(session_of)(each) for each in residents]
        said = [await ticket(each) if way == "tickets" else None for each in residents]
        cookies = tokens if way == "cookies" else [""] * CROWD
        stood = await sync_to_async(top)(ACCESS)
        asked = Asked(monkeypatch)

        phones = await asyncio.gather(
            *(
                come_back(each, cookie, {"topic": ACCESS}, {"topic": "residents/me"})
                for each, cookie in zip(said, cookies, strict=True)
            )
        )
        for phone in phones:
            answers = [await phone.hear() for _ in range(2)]
            assert {each["type"] for each in answers} == {"subscribed"}

        assert stood.seq == 0
        # A question or a few each; the sessions are looked at every three seconds as well.
        assert asked.about["residents_membership"] <= 12
        assert asked.about["realtime_ticket"] <= 12
        assert asked.about["django_session"] <= 16
        assert asked.about["all"] < CROWD * 1.5
        for phone in phones:
            await phone.wire.disconnect()

    async def test_catches_up_by_one_reading_of_the_log(
        self, people: Cast, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        for _ in range(MISSED):
            await grant(people, people.nora)
        reads = 0
        read = hub.lookups.run

        async def count(work: Any, *args: Any, **kwargs: Any) -> Any:
            nonlocal reads
            reads += getattr(work, "__name__", "") == "frames"
            return await read(work, *args, **kwargs)

        first = await come_back(await ticket(people.nora), "")
        monkeypatch.setattr(hub.lookups, "run", count)
        since = {"epoch": "", "seq": 0}
        phones = [
            await come_back(
                await ticket(people.nora), "", {"topic": "residents/me", "since": since}
            )
            for _ in range(7)
        ]

        for phone in phones:
            assert (await caught_up(phone, 1))["residents/me"] == list(range(1, MISSED + 1))
        assert reads <= 2
        for phone in (first, *phones):
            await phone.wire.disconnect()


class TestOneAmongMany:
    async def test_a_ticket_that_breaks_the_look_up_keeps_nobody_else_out(
        self, people: Cast, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        redeem = tickets.redeem

        def stumble(shown: list[str]) -> Any:
            if "stone" in shown:
                raise ZeroDivisionError
            return redeem(shown)

        monkeypatch.setattr(tickets, "redeem", stumble)
        bad, good = Phone(), Phone()
        for phone, said in ((bad, "stone"), (good, await ticket(people.nora))):
            await phone.connect()
            await phone.say(type="hello", ticket=said)

        assert (await good.hear())["type"] == "welcome"
        assert (await bad.hear())["type"] == "going_away"
        later = await come_back(await ticket(people.tom), "")
        for phone in (good, later):
            await phone.wire.disconnect()

    async def test_a_door_that_breaks_is_closed_and_the_others_open(
        self, signed_in: Any, people: Cast, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        found = journal_topics.find(ACCESS)
        assert found is not None

        def fall(actors: list[Actor], **_: str) -> set[Actor]:
            raise ZeroDivisionError

        monkeypatch.setattr(found.topic, "admits_all", fall)
        nora = await signed_in(people.nora)
        await nora.say(type="subscribe", topic=ACCESS)
        await nora.say(type="subscribe", topic="residents/me")

        heard = {(each := await nora.hear())["topic"]: each["type"] for _ in range(2)}

        assert heard == {ACCESS: "refused", "residents/me": "subscribed"}
        await sync_to_async(connections.close_all)()
