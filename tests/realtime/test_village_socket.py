"""The reference client over real sockets, against the model server on the loopback."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

import pytest
from websockets.asyncio.server import ServerConnection, serve
from websockets.exceptions import ConnectionClosed
from websockets.typing import Subprotocol

from tests.realtime.model import Line, ModelServer
from tests.support.client import Ended, Position, Refused, State, VillageSocket
from tests.support.effects import Frame

pytestmark = pytest.mark.once
NEWS = "villages/lindental/news"
ME = "residents/me"


class ModelVillage:
    """Serve the model to one client at a time; ``tickets`` are those it takes, if it wants any."""

    def __init__(self, *, tickets: set[str] | None = None) -> None:
        self.model = ModelServer(NEWS, ME)
        self.tickets = tickets
        self.hellos: list[Frame] = []
        self.connection: ServerConnection | None = None
        self.url = ""

    async def write(self, topic: str = NEWS, events: int = 1) -> None:
        for _ in range(events):
            self.model.streams[topic].write()
        await self.flush()

    async def flush(self) -> None:
        self.model.pump()
        if self.connection is None or self.model.line is None:
            return
        frames, self.model.line.down = self.model.line.down, []
        with suppress(ConnectionClosed):
            for frame in frames:
                await self.connection.send(json.dumps(frame))

    async def converse(self, connection: ServerConnection) -> None:
        self.connection, self.model.line = connection, Line()
        with suppress(ConnectionClosed):
            async for text in connection:
                await self.take_in(connection, json.loads(text))
        if self.connection is connection:
            self.connection = self.model.line = None

    async def close(self, code: int, reason: str = "") -> None:
        connection, self.connection, self.model.line = self.connection, None, None
        assert connection is not None
        await connection.close(code, reason)

    async def take_in(self, connection: ServerConnection, frame: Frame) -> None:
        if frame["type"] == "hello":
            self.hellos.append(frame)
            if self.tickets is not None and frame.get("ticket") not in self.tickets:
                await connection.close(4401)
                return
        if frame.get("topic") == "centres/1/desk":
            refused = {"type": "refused", "topic": frame["topic"], "code": "topic.not_admitted"}
            await connection.send(json.dumps(refused))
            return
        self.model.hear(frame)
        await self.flush()


@asynccontextmanager
async def serving(village: ModelVillage, port: int = 0) -> AsyncIterator[int]:
    async with serve(
        village.converse,
        "127.0.0.1",
        port,
        subprotocols=[Subprotocol("village.v1")],
        close_timeout=1,
    ) as server:
        [address] = [sock.getsockname() for sock in server.sockets]
        village.url = f"http://127.0.0.1:{address[1]}"
        yield address[1]


@pytest.fixture
async def village() -> AsyncIterator[ModelVillage]:
    village = ModelVillage()
    async with serving(village):
        yield village


def values(*frames: Frame) -> list[str]:
    return [frame["data"]["value"] for frame in frames]


class TestFollowing:
    async def test_gives_one_event_after_the_other(self, village: ModelVillage) -> None:
        async with VillageSocket(village.url) as socket:
            news = await socket.follow(NEWS)
            await village.write(events=2)

            assert values(await news.next(), await news.next()) == [f"{NEWS}-1", f"{NEWS}-2"]
            assert socket.positions == {NEWS: Position("e1", 2)}

    async def test_begins_at_a_position_as_the_api_gives_it(self, village: ModelVillage) -> None:
        await village.write(events=3)
        async with VillageSocket(village.url) as socket:
            news = await socket.follow(NEWS, since={"epoch": "e1", "seq": 2})

            assert values(await news.next()) == [f"{NEWS}-3"]

    async def test_of_many_events_acknowledges_them(self, village: ModelVillage) -> None:
        async with VillageSocket(village.url) as socket:
            news = await socket.follow(NEWS)
            await village.write(events=50)

            assert [(await news.next())["seq"] for _ in range(50)] == list(range(1, 51))

    async def test_waits_no_longer_than_it_is_told(self, village: ModelVillage) -> None:
        async with VillageSocket(village.url) as socket:
            news = await socket.follow(NEWS)

            with pytest.raises(TimeoutError):
                await news.next(timeout=0.05)

    async def test_says_why_it_was_refused(self, village: ModelVillage) -> None:
        async with VillageSocket(village.url) as socket:
            for _ in range(2):
                with pytest.raises(Refused) as refused:
                    await socket.follow("centres/1/desk")
                assert refused.value.code == "topic.not_admitted"

    async def test_ends_with_leaving(self, village: ModelVillage) -> None:
        async with VillageSocket(village.url) as socket:
            news = await socket.follow(NEWS)
            news.leave()
            me = await socket.follow(ME)
            await village.write(NEWS)
            await village.write(ME)
            await me.next()

            assert news.applied == []

    async def test_starts_over_with_a_snapshot_when_history_was_lost(
        self, village: ModelVillage
    ) -> None:
        await village.write(events=5)

        attempts: list[Frame] = []

        async def snapshot(reset: Frame) -> Position | None:
            attempts.append(reset)
            return village.model.streams[NEWS].position if len(attempts) > 1 else None

        async with VillageSocket(village.url, jitter=lambda: 0.0) as socket:
            news = await socket.follow(NEWS, snapshot=snapshot)
            village.model.lose_history(NEWS, 2)
            await village.flush()
            await socket.until(lambda: len(attempts) == 2 and news.state is State.LIVE)
            await village.write()

            assert (await news.next())["seq"] == 4
            assert socket.positions == {NEWS: Position("e2", 4)}

    async def test_starts_over_from_the_reset_where_no_snapshot_is_needed(
        self, village: ModelVillage
    ) -> None:
        await village.write(events=5)
        async with VillageSocket(village.url) as socket:
            news = await socket.follow(NEWS, since=Position("e0", 3))

            assert [reset["reason"] for reset in news.resets] == ["epoch"]
            assert news.position == Position("e1", 5)


class TestConnection:
    async def test_that_is_cut_resumes_without_loss(self, village: ModelVillage) -> None:
        async with VillageSocket(village.url) as socket:
            news = await socket.follow(NEWS)
            await village.write()
            await news.next()
            await socket.cut()
            await village.write(events=3)
            assert news.state is State.AWAY

            await socket.resume()

            assert values(*[await news.next() for _ in range(3)]) == [
                f"{NEWS}-{n}" for n in (2, 3, 4)
            ]

    async def test_comes_back_by_itself_when_the_server_does(self) -> None:
        village = ModelVillage()
        async with serving(village), VillageSocket(village.url) as socket:
            news = await socket.follow(NEWS)
            await village.close(4410, '{"retry_after": 0.01}')
            await village.write()

            assert values(await news.next()) == [f"{NEWS}-1"]
            assert socket.closes == [(4410, '{"retry_after": 0.01}')]

    async def test_survives_a_restart_of_the_server(self) -> None:
        village = ModelVillage()
        async with serving(village) as port:
            socket = VillageSocket(village.url, jitter=lambda: 0.1)
            await socket.__aenter__()
            news = await socket.follow(NEWS)
        await socket.until(lambda: len(socket.closes) > 1)
        await village.write()
        async with serving(village, port):
            assert values(await news.next()) == [f"{NEWS}-1"]
            await socket.close()

    async def test_takes_a_new_ticket_each_time(self) -> None:
        village = ModelVillage(tickets={"t-1", "t-2"})
        tickets = iter(["t-1", "t-2"])

        async def ticket() -> str | None:
            return next(tickets)

        async with serving(village), VillageSocket(village.url, ticket=ticket) as socket:
            await socket.follow(NEWS)
            await socket.cut()
            await socket.resume()

            assert [hello["ticket"] for hello in village.hellos] == ["t-1", "t-2"]

    async def test_is_not_let_in_with_a_bad_ticket(self) -> None:
        village = ModelVillage(tickets={"t-1"})
        async with serving(village):
            with pytest.raises(Ended) as ended:
                async with VillageSocket(village.url, ticket="stolen"):
                    pass

        assert ended.value.code == 4401

    async def test_that_ends_later_is_told_to_who_waits(self) -> None:
        village = ModelVillage(tickets={"t-1"})
        async with serving(village), VillageSocket(village.url, ticket="t-1") as socket:
            news = await socket.follow(NEWS)
            await village.close(4403)

            with pytest.raises(Ended) as ended:
                await news.next()

        assert ended.value.code == 4403

    async def test_that_cannot_be_had_is_not_waited_for_forever(self) -> None:
        village = ModelVillage()
        async with serving(village):
            pass

        with pytest.raises(TimeoutError):
            async with VillageSocket(village.url, patience=0.3):
                pass

    async def test_to_a_server_that_falls_silent_is_given_up(self, village: ModelVillage) -> None:
        village.model.heartbeat = 0.05
        async with VillageSocket(village.url, jitter=lambda: 0.0) as socket:
            village.model.line = None

            await socket.until(lambda: len(village.hellos) > 1)
