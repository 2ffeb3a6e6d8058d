"""The socket's shell: it carries texts to the protocol and commands to the hub."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.http import parse_cookie
from django.utils import timezone
from django.utils.http import is_same_domain

from village.core.actor import SYSTEM, Actor
from village.core.visitors import network_of_socket
from village.realtime import protocol
from village.realtime.access import NOBODY
from village.realtime.admission import FULL_WAIT
from village.realtime.channel import Follower
from village.realtime.frames import dump
from village.realtime.hub import hub
from village.realtime.ports.base import Port
from village.realtime.ports.choice import port_for, turn_away, when_server_stops
from village.realtime.protocol import HEARTBEAT, SUBPROTOCOL, WINDOW, Close, Session
from village.realtime.registry import registry
from village.realtime.tickets import Identity

Message = dict[str, Any]
PONG = dump({"type": "pong"})
# In a scope's extensions: the server has asked whether there is room before the handshake.
ADMITTED = "village.admitted"


class Connection:
    """One open socket: who it is, what it follows, and the port it speaks through."""

    __slots__ = (
        "access",
        "acknowledges",
        "cookie",
        "following",
        "hidden",
        "identity",
        "is_open",
        "opened_at",
        "port",
        "session",
        "slot",
    )

    def __init__(self, port: Port, *, cookie: str, now: float) -> None:
        self.port, self.cookie, self.opened_at = port, cookie, now
        port.touched = self._step_aside
        self.session = Session(now)
        self.identity: Identity | None = None
        self.following: dict[str, Follower] = {}
        self.slot = 0
        # Counts how often the resident's access has changed since the socket was opened.
        self.access = 0
        # The people whom a block keeps out of the resident's sight.
        self.hidden = NOBODY
        self.is_open = True
        self.acknowledges = True

    @property
    def actor(self) -> Actor:
        """Give who the socket is; nobody before the greeting."""
        return self.identity.actor if self.identity is not None else SYSTEM

    def clock(self) -> float:
        """Give the monotonic time that the socket's limits are counted in."""
        return asyncio.get_running_loop().time()

    # --- What the client says -----------------------------------------------------------------
    def receive(self, text: str | None) -> None:
        """Carry out what a frame asks for."""
        if not self.is_open:
            return
        match self.session.receive(text, self.clock()):
            case protocol.Ack(topic, seq):
                if (follower := self.following.get(topic)) is not None:
                    follower.ack(seq)
            case protocol.Greet(ticket):
                self._greet(ticket)
            case protocol.Subscribe(topic, since):
                self.stop_following(topic)
                hub.subscribe(self, topic, since)
            case protocol.Unsubscribe(topic):
                self.stop_following(topic)
            case protocol.Typing(topic):
                if (follower := self.following.get(topic)) is not None:
                    hub.tell_typing(follower)
            case protocol.Pong():
                self.port.say(PONG)
            case protocol.Refuse(topic, code):
                self.refuse(topic, code)
            case protocol.Hangup(code):
                self.close(code)

    def _greet(self, ticket: str | None) -> None:
        if ticket is not None:
            registry.greet(self, ticket)
        elif self.cookie:
            hub.run(registry.greet_session(self, self.cookie))
        else:
            self.close(Close.NOT_SIGNED_IN)

    # --- What the hub says --------------------------------------------------------------------
    def welcome(self, identity: Identity) -> None:
        """Let the client speak."""
        self.identity = identity
        self.session.greeted = True
        self.say(
            {
                "type": "welcome",
                "resident": identity.actor.principal_id,
                "heartbeat": HEARTBEAT,
                "window": WINDOW,
                "now": timezone.now(),
            }
        )

    def say(self, message: Message) -> None:
        """Say something to this client alone."""
        self.port.say(dump(message))

    def refuse(self, topic: str, code: str) -> None:
        """Refuse a subscription."""
        self.session.topics.discard(topic)
        self.say({"type": "refused", "topic": topic, "code": code})

    def hide(self, people: frozenset[str]) -> None:
        """Show nothing of these people from now on."""
        if people != self.hidden:
            self.hidden = people
            for follower in self.following.values():
                follower.look_again()

    def follow(self, follower: Follower) -> None:
        """Note that the socket follows a stream."""
        self.following[follower.shown] = follower

    def forget(self, topic: str) -> None:
        """Note that it does so no longer."""
        self.following.pop(topic, None)
        self.session.topics.discard(topic)

    def leave(self, topic: str) -> None:
        """Follow a stream no longer, by the server's wish."""
        self.stop_following(topic)
        self.session.topics.discard(topic)

    def heartbeat(self) -> None:
        """Tell where each followed stream stands, so that a client behind it notices."""
        positions = {topic: each.channel.seq for topic, each in self.following.items()}
        self.say({"type": "top", "positions": positions})

    def go_away(self, retry_after: float) -> None:
        """Ask the client to come back later, here or elsewhere."""
        # Not every server can give a reason with the close, so it is said before it.
        self.say({"type": "going_away", "retry_after": round(retry_after, 1)})
        self.close(Close.GOING_AWAY)

    def close(self, code: Close) -> None:
        """Close the socket and stop everything it follows."""
        if self.is_open:
            self.port.close(code)
            self.end()

    def end(self) -> None:
        """Let go of everything; the socket is gone."""
        if self.is_open:
            self.is_open = False
            for topic in list(self.following):
                self.stop_following(topic)
            registry.remove(self)

    def _step_aside(self) -> None:
        for follower in self.following.values():
            follower.channel.step_aside(follower)

    def stop_following(self, topic: str) -> None:
        """Follow a stream no longer."""
        if (follower := self.following.pop(topic, None)) is not None:
            hub.unsubscribe(follower)


class Socket:
    """Serve ``/ws``: an ASGI application of its own, because nothing here needs a layer."""

    async def __call__(
        self,
        scope: Message,
        receive: Callable[[], Awaitable[Message]],
        send: Callable[[Message], Awaitable[None]],
    ) -> None:
        """Carry one socket from its handshake to its end."""
        registry.start()
        await receive()  # websocket.connect
        headers = {name.lower(): value.decode("latin-1") for name, value in scope["headers"]}
        offered = scope.get("subprotocols") or []
        origin = headers.get(b"origin")
        if not is_welcome(origin, headers) or (offered and SUBPROTOCOL not in offered):
            await send({"type": "websocket.close", "code": 1008})
            return
        asked = ADMITTED in scope.get("extensions", {})
        if not asked and (retry_after := registry.wait()):
            await turn_away(scope, send, retry_after)
            return
        network, places = network_of_socket(scope), registry.places
        if not places.take(network):
            await turn_away(scope, send, FULL_WAIT)
            return
        try:
            await send(
                {"type": "websocket.accept", "subprotocol": SUBPROTOCOL if offered else None}
            )
            await self._carry(scope, receive, send, headers)
        finally:
            places.leave(network)

    async def _carry(
        self,
        scope: Message,
        receive: Callable[[], Awaitable[Message]],
        send: Callable[[Message], Awaitable[None]],
        headers: dict[bytes, str],
    ) -> None:
        """Carry an open socket to its end."""
        # Without an Origin it is no browser page: then a cookie proves nothing.
        cookies = parse_cookie(headers.get(b"cookie", "")) if headers.get(b"origin") else {}
        connection = Connection(
            port_for(scope, send),
            cookie=cookies.get(settings.SESSION_COOKIE_NAME, ""),
            now=asyncio.get_running_loop().time(),
        )
        registry.add(connection)
        connection.port.listen(connection.receive)
        when_server_stops(scope, registry.drain)
        try:
            while (message := await receive())["type"] == "websocket.receive":
                connection.receive(message.get("text"))
        finally:
            connection.end()


async def refuse_socket(
    scope: Message,
    receive: Callable[[], Awaitable[Message]],
    send: Callable[[Message], Awaitable[None]],
) -> None:
    """Refuse a socket at an address where there is none."""
    await receive()  # websocket.connect
    await send({"type": "websocket.close", "code": 1000})


def is_welcome(origin: str | None, headers: dict[bytes, str]) -> bool:
    """Tell whether a page of this origin may open a socket; apps send no origin at all."""
    if origin is None:
        return True
    try:
        parts = urlsplit(origin)
    except ValueError:
        return False
    if parts.scheme not in ("http", "https") or not parts.hostname:
        return False
    if origin in settings.CSRF_TRUSTED_ORIGINS:
        return True
    if parts.netloc != headers.get(b"host"):
        return False
    return any(
        pattern == "*" or is_same_domain(parts.hostname, pattern)
        for pattern in settings.ALLOWED_HOSTS
    )
