"""The reference client of the socket protocol, for tests that speak with a real server."""

from __future__ import annotations

import asyncio
import json
import random
import time
from collections.abc import Awaitable, Callable, Iterable, Mapping
from types import TracebackType
from typing import Any, Self

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidHandshake
from websockets.typing import Origin, Subprotocol

from tests.support import effects as do
from tests.support.effects import Frame, Position, State
from tests.support.followed import Ended, Followed, Refused, Snapshot
from tests.support.follower import Follower

__all__ = ["Ended", "Followed", "Position", "Refused", "State", "VillageSocket"]

UNSETTLED = (State.AWAY, State.ASKED, State.RESETTING)

TicketSource = Callable[[], Awaitable[str | None]]


class VillageSocket:
    """
    Follow topics over one connection to ``<base_url>/ws``, through cuts, restarts and resets.

    ``ticket`` is one ticket, which is good for one connection, or a function that gets a new
    one; ``headers`` and ``origin`` are for sessions known by a cookie. ``snapshot`` answers a
    reset: it fetches the data and returns the position that was taken before they were read,
    or ``None`` to be asked again later; without it a topic goes on from the reset's own position.
    ``closes`` lists the code and reason of every connection that was lost.
    Entering waits for the welcome, ``patience`` seconds at most, as all waiting here does.

    :raises Ended: on entering, if the server does not let us in
    """

    def __init__(
        self,
        base_url: str,
        *,
        ticket: str | TicketSource | None = None,
        headers: Mapping[str, str] | None = None,
        origin: str | None = None,
        snapshot: Snapshot | None = None,
        patience: float = 10.0,
        jitter: Callable[[], float] = random.random,
    ) -> None:
        self._url = base_url.removesuffix("/ws").rstrip("/").replace("http", "ws", 1) + "/ws"
        self._tickets, self._headers, self._origin = ticket, headers, origin
        self._snapshot, self._patience = snapshot, patience
        self._follower = Follower(
            now=time.monotonic, random=jitter, renewable=not isinstance(ticket, str | None)
        )
        self._followed: dict[str, Followed] = {}
        self._changed = asyncio.Event()
        self._plugged = asyncio.Event()
        self._plugged.set()
        self._tasks: set[asyncio.Task[None]] = set()
        self._line: asyncio.Task[None] | None = None
        self._connection: ClientConnection | None = None
        self._outbox: asyncio.Queue[str] = asyncio.Queue()
        self._failure: BaseException | None = None
        self.welcome: Frame | None = None
        self.closes: list[tuple[int | None, str]] = []

    async def __aenter__(self) -> Self:
        self._carry_out(self._follower.start())
        try:
            await self.until(lambda: self._follower.welcomed or self._follower.ended is not None)
        except BaseException:
            await self.close()
            raise
        if (code := self._follower.ended) is not None:
            await self.close()
            raise Ended(code)
        self._spawn(self._keep_the_pulse())
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.close()

    @property
    def positions(self) -> dict[str, Position]:
        """Give the position of every followed topic that has one."""
        return self._follower.positions

    def state(self, topic: str) -> State:
        """Tell how a followed topic stands."""
        return self._follower.states.get(topic, State.ENDED)

    async def follow(
        self,
        topic: str,
        *,
        since: Position | Mapping[str, Any] | None = None,
        snapshot: Snapshot | None = None,
    ) -> Followed:
        """
        Follow a topic, and wait until the server has answered.

        :raises Refused: if the server does not admit us
        :raises Ended: if the client has stopped for good
        :raises ValueError: if the topic is followed already
        """
        if isinstance(since, Mapping):
            since = Position(since["epoch"], since["seq"])
        effects = self._follower.follow(topic, since)
        followed = self._followed[topic] = Followed(self, topic, snapshot or self._snapshot)
        self._carry_out(effects)
        await self.until(lambda: followed.state not in UNSETTLED)
        if followed.state is State.REFUSED:
            self.leave(topic)
            raise Refused(topic, followed.code)
        followed.raise_if_over()
        return followed

    def leave(self, topic: str) -> None:
        """Follow a topic no longer."""
        self._carry_out(self._follower.leave(topic))
        self._followed.pop(topic, None)

    def send(self, frame: Frame) -> None:
        """Send a frame past the rules, such as ``typing`` or one that no client ought to send."""
        self._carry_out([do.Send(frame)])

    async def cut(self) -> None:
        """Drop the connection hard, as a tunnel does, and stay away until ``resume``."""
        self._plugged.clear()
        if self._connection is not None:
            self._connection.transport.abort()
        await self.until(lambda: self._connection is None)

    async def resume(self) -> None:
        """Come back from a cut without the usual pause; wait until every topic is answered."""
        self._plugged.set()
        if not self._follower.welcomed:
            self._carry_out([do.Dial(0.0)])
        await self.until(
            lambda: (
                not any(state in UNSETTLED for state in self._follower.states.values())
                and (self._follower.welcomed or self._follower.ended is not None)
            )
        )

    async def until(self, holds: Callable[[], bool], timeout: float | None = None) -> None:
        """
        Wait for something to become true of this client; ``timeout`` is in seconds.

        :raises TimeoutError: if it did not
        """
        async with asyncio.timeout(self._patience if timeout is None else timeout):
            while self._failure is None and not holds():
                await self._changed.wait()
        if self._failure is not None:
            raise self._failure

    async def close(self) -> None:
        """Say good-bye and stop for good."""
        connection, self._connection = self._connection, None
        self._carry_out(self._follower.end())
        if connection is not None:
            await connection.close()
        for task in (tasks := list(self._tasks)):
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    # Carrying out what the rules decide

    def _carry_out(self, effects: Iterable[do.Effect]) -> None:
        for effect in effects:
            match effect:
                case do.Send(frame):
                    self._outbox.put_nowait(json.dumps(frame))
                case do.Apply(topic, frame):
                    self._followed[topic].applied.append(frame)
                case do.Typing(topic, frame):
                    self._followed[topic].typing.append(frame)
                case do.Tell(topic, _, code):
                    self._followed[topic].code = code
                case do.Fetch(topic, reset, after):
                    self._spawn(self._restore(self._followed[topic], reset, after))
                case do.Dial(after):
                    self._hang_up()
                    self._line = self._spawn(self._dial(after))
                case do.HangUp():
                    self._hang_up()
                case do.Connect():
                    self._line = self._spawn(self._converse())
        changed, self._changed = self._changed, asyncio.Event()
        changed.set()

    def _spawn(self, work: Awaitable[None]) -> asyncio.Task[None]:
        task = asyncio.ensure_future(work)
        assert isinstance(task, asyncio.Task)
        self._tasks.add(task)
        task.add_done_callback(self._done)
        return task

    def _done(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (failure := task.exception()) is not None:
            self._failure = failure
            self._changed.set()

    def _hang_up(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.transport.abort()
        line, self._line = self._line, None
        if line is not None and line is not asyncio.current_task():
            line.cancel()

    async def _keep_the_pulse(self) -> None:
        while True:
            await asyncio.sleep(self._follower.pulse)
            self._carry_out(self._follower.tick())

    async def _dial(self, after: float) -> None:
        await asyncio.sleep(after)
        await self._plugged.wait()
        try:
            ticket = await self._next_ticket()
        except OSError:
            self._carry_out(self._follower.lost())
        else:
            self._carry_out(self._follower.ready(ticket))

    async def _next_ticket(self) -> str | None:
        if isinstance(self._tickets, str | None):
            ticket, self._tickets = self._tickets, None
            return ticket
        return await self._tickets()

    async def _converse(self) -> None:
        code, reason = None, ""
        try:
            async with connect(
                self._url,
                subprotocols=[Subprotocol("village.v1")],
                additional_headers=self._headers,
                origin=Origin(self._origin) if self._origin is not None else None,
                ping_interval=None,
                open_timeout=self._patience,
                close_timeout=1,
                proxy=None,
            ) as connection:
                self._connection, self._outbox = connection, asyncio.Queue()
                self._carry_out(self._follower.opened())
                writer = self._spawn(self._write(connection, self._outbox))
                try:
                    while True:
                        self._take_in(await connection.recv())
                finally:
                    writer.cancel()
        except ConnectionClosed as closed:
            if closed.rcvd is not None:
                code, reason = closed.rcvd.code, closed.rcvd.reason
        except (OSError, InvalidHandshake):
            pass  # nobody answers, or not yet: the rules say when to try again
        self._connection = None
        self.closes.append((code, reason))
        self._carry_out(self._follower.lost(code, reason))

    async def _write(self, connection: ClientConnection, outbox: asyncio.Queue[str]) -> None:
        try:
            while True:
                await connection.send(await outbox.get())
        except ConnectionClosed:
            pass  # the reader tells the rules

    def _take_in(self, text: str | bytes) -> None:
        try:
            frame = json.loads(text)
        except ValueError:
            return
        if isinstance(frame, dict) and frame.get("type") == "welcome":
            self.welcome = frame
        self._carry_out(self._follower.receive(frame))

    async def _restore(self, followed: Followed, reset: Frame, after: float) -> None:
        await asyncio.sleep(after)
        if not followed.resets or followed.resets[-1] is not reset:
            followed.resets.append(reset)
        position: Position | None = Position(reset["epoch"], reset["seq"])
        if followed.snapshot is not None:
            position = await followed.snapshot(reset)
        if self._followed.get(followed.topic) is followed:
            self._carry_out(self._follower.restored(followed.topic, position))
