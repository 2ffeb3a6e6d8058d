"""
The sockets of this process: signing them in, keeping their time, letting them go.

One clock ticks for all of them. A tenth of a second of work serves thousands; an idle socket
has no timer of its own.
"""

from __future__ import annotations

import asyncio
import random
from collections import Counter as Tally
from collections.abc import Collection, Iterable
from typing import TYPE_CHECKING, Any
from uuid import UUID

import orjson
from django.conf import settings
from django.utils import timezone
from prometheus_client import Gauge

from village.realtime import farewell, lookups, tickets
from village.realtime.access import NOBODY, access
from village.realtime.admission import Admission, Places
from village.realtime.channel import Follower
from village.realtime.frames import Encoded
from village.realtime.gathering import Gathering
from village.realtime.hub import hub
from village.realtime.protocol import HEARTBEAT, HELLO_WITHIN, MAX_AGE, Close
from village.realtime.tickets import Identity, Key

if TYPE_CHECKING:
    from village.realtime.consumer import Connection

SOCKETS = Gauge("village_sockets", "Open sockets.")
SOCKETS_PER_RESIDENT = 8
# What ends reaches a socket within this many seconds; house rule 6 asks for five.
CHECKED_EVERY = 3
CHECKED_AT_ONCE = 10_000
DRAIN_SPREAD = 10


class Unavailable(Exception):
    """Who is signed in cannot be known now."""


class Registry:
    """Know every open socket of the process."""

    def __init__(self) -> None:
        self.connections: set[Connection] = set()
        self.draining = False
        self._admission = Admission(settings.HANDSHAKES_PER_SECOND)
        self._per_resident: Tally[UUID] = Tally()
        self.places = Places(settings.SOCKETS_PER_NETWORK)
        self._second = 0
        # Whom the clock looks at: in each second a part of all, and those with a time of their own.
        self._slots: list[set[Connection]] = [set() for _ in range(HEARTBEAT)]
        self._strangers: set[Connection] = set()
        self._mandated: set[Connection] = set()
        self._tickets = Gathering(hub.run, self._redeem, _send_away)
        self._sessions = Gathering(hub.run, self._know, _say_unavailable)
        self._doors = Gathering(hub.run, self._ask_doors, _send_on)
        # What could not be asked here is asked again in a few seconds.
        self._timed = Gathering(hub.run, self._ask_doors, _leave_be)
        self._standing = Gathering(hub.run, self._ask_standing, _leave_be, at_once=CHECKED_AT_ONCE)
        self._loop: asyncio.AbstractEventLoop | None = None

    def start(self) -> None:
        """Begin on the running loop; later calls do nothing."""
        hub.start()
        if self._loop is asyncio.get_running_loop():
            return
        self.__init__()  # type: ignore[misc]
        self._loop = asyncio.get_running_loop()
        hub.watch(access.path, self._look_again_at, self._look_at_everybody)
        farewell.before_the_end(self.drain)
        hub.run(self._tick())

    def add(self, connection: Connection) -> None:
        """Keep a socket's time from now on."""
        self.connections.add(connection)
        # Its heartbeats come a whole beat from now on; a herd is spread by how it was let in.
        connection.slot = self._second % HEARTBEAT
        self._slots[connection.slot].add(connection)
        self._strangers.add(connection)
        SOCKETS.inc()

    def remove(self, connection: Connection) -> None:
        """Forget a socket."""
        if connection in self.connections:
            self.connections.discard(connection)
            SOCKETS.dec()
        for looked_at in (self._slots[connection.slot], self._strangers, self._mandated):
            looked_at.discard(connection)
        if connection.identity is not None:
            resident = _whose(connection.identity)
            self._per_resident[resident] -= 1
            if not self._per_resident[resident]:
                del self._per_resident[resident]

    def wait(self) -> int:
        """Give 0 to let a handshake in, or the seconds after which it should be tried again."""
        assert self._loop is not None
        return DRAIN_SPREAD if self.draining else self._admission.wait(self._loop.time())

    # --- Signing in ---------------------------------------------------------------------------
    def greet(self, connection: Connection, ticket: str) -> None:
        """Sign a socket in with its ticket."""
        self._tickets.add(ticket, connection)

    async def _redeem(self, shown: dict[str, list[Connection]]) -> None:
        found = await hub.lookups.run(tickets.redeem, list(shown))
        for ticket, connections in shown.items():
            for connection in connections:
                # A ticket that two sockets of this process say lets the first one in.
                self._welcome(connection, found.pop(ticket, None))

    async def greet_session(self, connection: Connection, token: str) -> None:
        """Sign a socket in with the session of its cookie."""
        try:
            identity = await self.whose(token)
        except Unavailable:
            connection.go_away(DRAIN_SPREAD)
        else:
            self._welcome(connection, identity)

    async def whose(self, token: str) -> Identity | None:
        """
        Say who is signed in with the token of a session; ``None`` when nobody is.

        :raises Unavailable: when that cannot be known now
        """
        answer: asyncio.Future[Identity | None] = asyncio.get_running_loop().create_future()
        self._sessions.add(token, answer)
        return await answer

    async def _know(self, asked: dict[str, list[asyncio.Future[Identity | None]]]) -> None:
        found = await hub.lookups.run(tickets.identities_of, list(asked))
        for token, answers in asked.items():
            for answer in answers:
                # Whoever asked may have gone.
                if not answer.done():
                    answer.set_result(found.get(token))

    def _welcome(self, connection: Connection, identity: Identity | None) -> None:
        # Whoever said hello twice before the answer is welcome once.
        if not connection.is_open or connection.identity is not None:
            return
        if identity is None:
            connection.close(Close.NOT_SIGNED_IN)
            return
        if not self.has_room(identity):
            connection.close(Close.TOO_MANY)
            return
        self.let_in(connection, identity)

    def has_room(self, identity: Identity) -> bool:
        """Tell whether a resident may open one more."""
        return self._per_resident[_whose(identity)] < SOCKETS_PER_RESIDENT

    def let_in(self, connection: Connection, identity: Identity) -> None:
        """Count a socket as its resident's, and welcome it."""
        self._per_resident[_whose(identity)] += 1
        self._strangers.discard(connection)
        if identity.actor.until is not None:
            self._mandated.add(connection)
        connection.welcome(identity)

    # --- Time ---------------------------------------------------------------------------------
    async def _tick(self) -> None:
        """Once a second: heartbeats of a part, overdue greetings, ended mandates, old sockets."""
        while True:
            await asyncio.sleep(1)
            self._second += 1
            assert self._loop is not None
            monotonic, now = self._loop.time(), timezone.now()
            hub.close_stalled(monotonic)
            for connection in list(self._strangers):
                if monotonic - connection.opened_at > HELLO_WITHIN:
                    connection.close(Close.NOT_SIGNED_IN)
            for connection in list(self._mandated):
                if connection.actor.until is not None and now >= connection.actor.until:
                    connection.close(Close.NO_LONGER_ADMITTED)
            for connection in list(self._slots[self._second % HEARTBEAT]):
                if monotonic - connection.opened_at > MAX_AGE:
                    connection.go_away(DRAIN_SPREAD)
                elif connection.identity is not None:
                    connection.heartbeat()
            if self._second % CHECKED_EVERY == 0:
                self._check(self.connections)
                self._look_at_the_clock()

    def _look_at_the_clock(self) -> None:
        """Look again at who is admitted only for a time, where nobody tells that it is over."""
        for channel in hub.channels.values():
            if channel.followed.topic.for_a_time:
                for follower in channel.followers:
                    self._timed.add(channel.address, follower)

    # --- Letting go ---------------------------------------------------------------------------
    def _look_again_at(self, frame: Encoded) -> None:
        """Look again at the sockets of somebody whose access changed."""
        if frame.kind in access.erasing_kinds:
            for channel in hub.channels.values():
                channel.forget()
        data = orjson.loads(frame.text)["data"]
        if data.get("everybody"):
            self._look_at_everybody()
            return
        whose = {data.get("resident"), data.get("other")} - {None}
        self._look_again(
            [
                connection
                for connection in self.connections
                if connection.identity is not None
                and not whose.isdisjoint(
                    (str(connection.actor.principal_id), str(connection.actor.helper_id))
                )
            ]
        )

    def _look_at_everybody(self) -> None:
        """Look again at all, where it cannot be known whose access has changed."""
        self._look_again(self.connections)

    def _look_again(self, connections: Collection[Connection]) -> None:
        for connection in connections:
            connection.access += 1
            for follower in connection.following.values():
                self._doors.add(follower.channel.address, follower)
        self._check(connections)

    async def _ask_doors(self, asked: dict[str, list[Follower]]) -> None:
        """Ask the doors once more for those who are already in."""
        let_in, hidden = await hub.lookups.run(
            lookups.let_in,
            {
                address: (ones[0].channel.followed, {each.connection.actor for each in ones})
                for address, ones in asked.items()
            },
        )
        for address, followers in asked.items():
            for each in followers:
                connection, topic = each.connection, each.shown
                if connection.actor in let_in[address]:
                    connection.hide(hidden.get(connection.actor.principal_id, NOBODY))
                elif connection.following.get(topic) is each:
                    connection.leave(topic)
                    connection.refuse(topic, "topic.not_admitted")

    def _check(self, connections: Iterable[Connection]) -> None:
        """Close the sockets of those who signed out, are no longer active, or lost a mandate."""
        for connection in connections:
            if connection.identity is not None:
                self._standing.add(connection.identity.key, connection)

    async def _ask_standing(self, asked: dict[Key, list[Connection]]) -> None:
        identities = [ones[0].identity for ones in asked.values()]
        ended = await hub.lookups.run(lookups.ended, [each for each in identities if each])
        for key in ended & asked.keys():
            for connection in asked[key]:
                assisted = connection.actor.is_assisted
                connection.close(Close.NO_LONGER_ADMITTED if assisted else Close.NOT_SIGNED_IN)

    def drain(self) -> None:
        """Ask every client to come back elsewhere, spread over some seconds."""
        self.draining = True
        for connection in list(self.connections):
            connection.go_away(random.uniform(0, DRAIN_SPREAD))


def _send_away(connections: list[Connection], error: BaseException) -> None:
    for connection in connections:
        connection.go_away(DRAIN_SPREAD)


def _send_on(followers: list[Follower], error: BaseException) -> None:
    # Not knowing is no reason to show more: they come back, and are asked for anew.
    _send_away(list({each.connection for each in followers}), error)


def _leave_be(ones: list[Any], error: BaseException) -> None:
    """Change nothing."""


def _say_unavailable(answers: list[asyncio.Future[Identity | None]], error: BaseException) -> None:
    for answer in answers:
        if not answer.done():
            answer.set_exception(Unavailable())


def _whose(identity: Identity) -> UUID:
    """Give whose sockets they are: a helper's are her own, not her principal's."""
    return identity.actor.helper_id or identity.actor.principal_id


registry = Registry()
