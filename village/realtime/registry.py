"""
The sockets of this process: signing them in, keeping their time, letting them go.

One clock ticks for all of them. A tenth of a second of work serves thousands; an idle socket
has no timer of its own.
"""

from __future__ import annotations

import asyncio
import random
from collections import Counter as Tally
from typing import TYPE_CHECKING
from uuid import UUID

import orjson
import structlog
from django.conf import settings
from django.db import Error as DatabaseError
from django.utils import timezone
from prometheus_client import Gauge

from village.journal.topics import admitted
from village.realtime import lookups, tickets
from village.realtime.access import NOBODY, access, hidden_from
from village.realtime.admission import Admission
from village.realtime.frames import Encoded
from village.realtime.hub import hub
from village.realtime.protocol import HEARTBEAT, HELLO_WITHIN, MAX_AGE, Close
from village.realtime.tickets import Identity

if TYPE_CHECKING:
    from village.realtime.consumer import Connection

log = structlog.get_logger(__name__)
SOCKETS = Gauge("village_sockets", "Open sockets.")
SOCKETS_PER_RESIDENT = 8
# Sign-outs reach a socket within this many seconds; house rule 6 asks for five.
SESSIONS_EVERY = 3
DRAIN_SPREAD = 10


class Registry:
    """Know every open socket of the process."""

    def __init__(self) -> None:
        self.connections: set[Connection] = set()
        self.draining = False
        self._admission = Admission(settings.HANDSHAKES_PER_SECOND)
        self._per_resident: Tally[UUID] = Tally()
        self._second = 0
        # Whom the clock looks at: in each second a part of all, and those with a time of their own.
        self._slots: list[set[Connection]] = [set() for _ in range(HEARTBEAT)]
        self._strangers: set[Connection] = set()
        self._mandated: set[Connection] = set()
        self._greeting: list[tuple[Connection, str]] = []
        self._loop: asyncio.AbstractEventLoop | None = None

    def start(self) -> None:
        """Begin on the running loop; later calls do nothing."""
        hub.start()
        if self._loop is asyncio.get_running_loop():
            return
        self.__init__()  # type: ignore[misc]
        self._loop = asyncio.get_running_loop()
        hub.watch(access.path, self._look_again_at)
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
        """Sign a socket in with its ticket; those that arrive together are checked together."""
        self._greeting.append((connection, ticket))
        if len(self._greeting) == 1:
            hub.run(self._redeem())

    async def greet_session(self, connection: Connection, session_key: str) -> None:
        """Sign a socket in with the session of its cookie."""
        try:
            identity = await hub.lookups.run(tickets.identity_of_session, session_key)
        except DatabaseError:
            connection.go_away(DRAIN_SPREAD)
            return
        self._welcome(connection, identity)

    async def _redeem(self) -> None:
        # One pass of the loop, so that a herd is one query and not thousands.
        await asyncio.sleep(0)
        while self._greeting:
            arrived = self._greeting[:400]
            try:
                found = await hub.lookups.run(tickets.redeem, {ticket for _, ticket in arrived})
            except DatabaseError as error:
                log.warning("tickets_unavailable", error=type(error).__name__)
                for connection, _ in arrived:
                    connection.go_away(DRAIN_SPREAD)
                del self._greeting[: len(arrived)]
                continue
            del self._greeting[: len(arrived)]
            for connection, ticket in arrived:
                # A ticket that two sockets of this process say lets the first one in.
                self._welcome(connection, found.pop(ticket, None))

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
            if self._second % SESSIONS_EVERY == 0:
                await self._check(list(self.connections))

    # --- Letting go ---------------------------------------------------------------------------
    def _look_again_at(self, frame: Encoded) -> None:
        """Look again at the sockets of somebody whose access changed."""
        data = orjson.loads(frame.text)["data"]
        whose = {data.get("resident"), data.get("other")} - {None}
        connections = [
            connection
            for connection in self.connections
            if connection.identity is not None
            and not whose.isdisjoint(
                (str(connection.actor.principal_id), str(connection.actor.helper_id))
            )
        ]
        for connection in connections:
            connection.access += 1
        hub.run(self._recheck(connections))

    async def _recheck(self, connections: list[Connection]) -> None:
        await self._check(connections)
        await self._hide(connections)
        for connection in connections:
            for topic, follower in list(connection.following.items()):
                try:
                    let_in = await hub.lookups.run(
                        admitted, {connection.actor}, follower.channel.followed
                    )
                except DatabaseError as error:
                    # Not knowing is no reason to show more: the client asks again.
                    log.warning("recheck_failed", error=type(error).__name__)
                    let_in = set()
                if not let_in:
                    connection.leave(topic)
                    connection.refuse(topic, "topic.not_admitted")

    async def _hide(self, connections: list[Connection]) -> None:
        """Find out anew whom each of them must not meet."""
        people = {connection.actor.principal_id for connection in connections}
        try:
            hidden = await hub.lookups.run(hidden_from, people)
        except DatabaseError as error:
            log.warning("blocks_unavailable", error=type(error).__name__)
            return
        for connection in connections:
            connection.hide(hidden.get(connection.actor.principal_id, NOBODY))

    async def _check(self, connections: list[Connection]) -> None:
        """Close the sockets of those who signed out, are no longer active, or lost a mandate."""
        identities = {c.identity.key: c.identity for c in connections if c.identity is not None}
        if not identities:
            return
        try:
            ended = await hub.lookups.run(lookups.ended, identities.values())
        except DatabaseError as error:
            log.warning("session_check_failed", error=type(error).__name__)
            return
        for connection in connections if ended else ():
            if connection.identity is not None and connection.identity.key in ended:
                assisted = connection.actor.is_assisted
                connection.close(Close.NO_LONGER_ADMITTED if assisted else Close.NOT_SIGNED_IN)

    def drain(self) -> None:
        """Ask every client to come back elsewhere, spread over some seconds."""
        self.draining = True
        for connection in list(self.connections):
            connection.go_away(random.uniform(0, DRAIN_SPREAD))


def _whose(identity: Identity) -> UUID:
    """Give whose sockets they are: a helper's are her own, not her principal's."""
    return identity.actor.helper_id or identity.actor.principal_id


registry = Registry()
