"""
A small WebSocket server for uvicorn: complete, strict, and cheap to keep and to send through.

``uvicorn village.asgi:application --ws village.realtime.lean:LeanWebSocket --loop uvloop``

It is plain ASGI, and for the hub a little more: ``scope["extensions"]["village.transport"]`` is
the protocol itself, whose transport finished frames may be written to while it is OPEN. An idle
socket has its application's task and nothing else: no timer, no queue, no ping of its own. The
hub's heartbeats keep a connection in use, and the kernel drops it when nobody takes them.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Iterator
from http import HTTPStatus
from itertools import chain
from typing import Any, cast

from uvicorn.config import Config
from uvicorn.protocols.utils import ClientDisconnected, get_local_addr, get_remote_addr, is_ssl
from uvicorn.server import ServerState

from village.realtime import handshake
from village.realtime.handshake import BadRequest, Opening, Request
from village.realtime.inbox import Inbox, Message
from village.realtime.outflow import Outflow
from village.realtime.ports.base import EXTENSION, Hear
from village.realtime.protocol import FRAME_MAX
from village.realtime.rfc6455 import (
    Code,
    Heard,
    Opcode,
    Reader,
    Violation,
    close_frame,
    frame,
    read_close,
    short_texts,
)

log = logging.getLogger("uvicorn.error")
# Somewhat more than the village's protocol takes, which says so in its own words.
MESSAGE_MAX = 4 * FRAME_MAX
# Seconds for the other side to answer our close.
CLOSE_WITHIN = 5.0
ASKED, OPEN, CLOSING, CLOSED = range(4)


class LeanWebSocket(asyncio.Protocol):
    """Carry one WebSocket between a transport and an ASGI application."""

    def __init__(
        self,
        config: Config,
        server_state: ServerState,
        app_state: dict[str, Any],
        _loop: asyncio.AbstractEventLoop | None = None,
    ) -> None:
        self._config, self._server, self._app_state = config, server_state, app_state
        self._loop, self.state = _loop or asyncio.get_running_loop(), ASKED
        # Called once when the server stops, so that the application can say good-bye first.
        self.leave: Callable[[], None] | None = None
        # Takes texts at once, instead of the application; it must not wait.
        self.hear: Hear | None = None
        self._opening: Opening | None = None
        self._reader: Reader | None = None
        self._inbox = Inbox(self._loop)
        # What has arrived and waits for the application; nothing is read meanwhile.
        self._coming: Iterator[Heard] | None = None
        self._has_ended = False
        self._ping: bytes | None = None
        self._gives_up: asyncio.TimerHandle | None = None

    # --- The transport speaks -----------------------------------------------------------------
    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Take over a connection whose request uvicorn has read, and is about to replay."""
        # uvloop's transports are none of asyncio's by inheritance.
        self.transport = cast(asyncio.Transport, transport)
        self.out = Outflow(self._loop, self.transport)
        self._server.connections.add(self)  # type: ignore[arg-type]

    def data_received(self, data: bytes) -> None:
        """Read the request, which comes whole, and then frames."""
        if self._reader is None:
            head, _, data = data.partition(b"\r\n\r\n")
            try:
                self._begin(head)
            except BadRequest as error:
                self._refuse(error.status, *error.headers)
                return
            assert self._reader is not None
        elif self._hears_at_once(data):
            return
        if self._coming is not None:
            # The transport had more in its hands when it was paused.
            self._coming = chain(self._coming, self._reader.feed(data))
        else:
            self._coming = self._reader.feed(data)
            self._hear_on()
        if self._coming is not None:
            self.transport.pause_reading()

    def _hears_at_once(self, data: bytes) -> bool:
        """Hear whole short texts where nothing waits before them, as is nearly always so."""
        if (
            self.hear is None
            or self.state != OPEN
            or self._coming is not None
            or not self._inbox.is_empty
            or self._reader is None
            or not self._reader.is_between_messages
            or (texts := short_texts(data)) is None
        ):
            return False
        for text in texts:
            self.hear(text)
        return True

    def eof_received(self) -> None:
        """Let the transport close: half a connection is none."""

    def pause_writing(self) -> None:
        """Note that the other side does not take what it is sent."""
        self.out.is_held = True

    def resume_writing(self) -> None:
        """Go on with what waited for the other side."""
        self.out.release()
        if self._ping is not None:
            self._pong()

    def connection_lost(self, error: Exception | None) -> None:
        """Tell the application that it is over."""
        self.state = CLOSED
        self.out.tell()
        self._server.connections.discard(self)
        if self._gives_up is not None:
            self._gives_up.cancel()
        self._end(Code.CUT_OFF)
        self.resume_writing()

    def shutdown(self) -> None:
        """Close, because uvicorn stops."""
        if self.leave is not None:
            self.leave()
        if self.state == ASKED:
            self._refuse(HTTPStatus.SERVICE_UNAVAILABLE, (b"Retry-After", b"1"))
        elif self.state == OPEN:
            self._close(Code.RESTARTING, "")

    # --- The handshake ------------------------------------------------------------------------
    def _begin(self, head: bytes) -> None:
        request = handshake.read(head)
        self._opening = Opening(request, self._server.default_headers)
        self._reader = Reader(MESSAGE_MAX)
        self._inbox.put({"type": "websocket.connect"})
        app: Any = self._config.loaded_app
        task = self._loop.create_task(app(self._scope(request), self.receive, self.send))
        self._server.tasks.add(task)
        task.add_done_callback(self._app_ended)

    def _scope(self, request: Request) -> Message:
        return request.scope(self._config.root_path) | {
            "asgi": {"version": self._config.asgi_version, "spec_version": "2.4"},
            "scheme": "wss" if is_ssl(self.transport) else "ws",
            "server": get_local_addr(self.transport),
            "client": get_remote_addr(self.transport),
            "state": self._app_state.copy(),
            "extensions": {"websocket.http.response": {}, EXTENSION: self},
        }

    def _answer(self, answer: bytes, *, opens: bool) -> None:
        self.transport.write(answer)
        self._opening = None
        if not opens:
            self._over(Code.CUT_OFF)
            return
        self.state = OPEN
        self.out.give_up_in_time()

    def _refuse(self, status: HTTPStatus, *headers: tuple[bytes, bytes]) -> None:
        ours = [*self._server.default_headers, *headers]
        self._answer(handshake.refusing(status, ours), opens=False)

    # --- The other side speaks ----------------------------------------------------------------
    def _hear_on(self) -> None:
        """Take in what has arrived, as far as the application keeps up."""
        coming, self._coming = self._coming or iter(()), None
        try:
            for opcode, payload in coming:
                self._hear(opcode, payload)
                if self._inbox.is_full:
                    self._coming = coming
                    break
        except Violation as error:
            if self.state == OPEN:
                self._close(error.code, str(error))
            else:
                self._over(error.code)
        if self._ping is not None and not self.out.is_held:
            self._pong()

    def _hear(self, opcode: Opcode, payload: str | bytes) -> None:
        # After our close the other side may still speak; nobody listens (RFC 6455, 1.4).
        match opcode, payload:
            case Opcode.TEXT, str() if self.state <= OPEN:
                if self.hear is not None and self._inbox.is_empty:
                    self.hear(payload)
                else:
                    self._inbox.put({"type": "websocket.receive", "text": payload})
            case Opcode.BINARY, _ if self.state <= OPEN:
                self._inbox.put({"type": "websocket.receive", "bytes": payload})
            case Opcode.PING, bytes():
                # Of several, the last one is answered (RFC 6455, 5.5.3).
                self._ping = payload
            case Opcode.CLOSE, bytes():
                self._hear_close(payload)

    def _hear_close(self, payload: bytes) -> None:
        code, reason = read_close(payload)
        if self.state == OPEN:
            self.out.write(close_frame(code, reason))
        self._over(code)

    def _pong(self) -> None:
        payload, self._ping = self._ping, None
        if payload is not None and self.state == OPEN:
            self.out.write(frame(Opcode.PONG, payload))

    # --- Ending -------------------------------------------------------------------------------
    def _close(self, code: int, reason: str) -> None:
        """Send our close and wait for the other side's, for some seconds."""
        self.state = CLOSING
        self.out.write(close_frame(code, reason))
        self._gives_up = self._loop.call_later(CLOSE_WITHIN, self.transport.abort)
        self._end(code)
        self._read_on()

    def _over(self, code: int) -> None:
        self.state = CLOSED
        self.out.tell()
        self._end(code)
        self.transport.close()

    def _end(self, code: int) -> None:
        """Tell the application why no more will come, once."""
        if not self._has_ended:
            self._has_ended = True
            self._inbox.put({"type": "websocket.disconnect", "code": int(code), "reason": ""})

    def _app_ended(self, task: asyncio.Task[None]) -> None:
        self._server.tasks.discard(task)
        error = None if task.cancelled() else task.exception()
        if error is not None and not isinstance(error, ClientDisconnected):
            log.error("Exception in ASGI application", exc_info=error)
        if self.state == ASKED:
            self._refuse(HTTPStatus.INTERNAL_SERVER_ERROR)
        elif self.state == OPEN:
            self._close(Code.OUR_FAULT if error else Code.NORMAL, "")

    # --- The application speaks ---------------------------------------------------------------
    async def receive(self) -> Message:
        """Give the next message; the last one says that it is over."""
        message = await self._inbox.get()
        if self._coming is not None and self._inbox.is_empty:
            self._read_on()
        return message

    def _read_on(self) -> None:
        self._hear_on()
        if self._coming is None and not self.transport.is_closing():
            self.transport.resume_reading()

    async def send(self, message: Message) -> None:
        """
        Send, once the other side has taken enough of what was sent before.

        :raises ClientDisconnected: if it is gone (ASGI 3.0, WebSocket 2.4)
        :raises RuntimeError: if the message is not due now
        """
        if message["type"] == "websocket.close" and self.state == OPEN:
            # Not behind what is never taken: then the connection is cut.
            self._close(message.get("code") or Code.NORMAL, message.get("reason") or "")
            return
        while self.out.is_held and self.state == OPEN:
            await self.out.drained()
        if self.state == OPEN and message["type"] == "websocket.send":
            text = message.get("text")
            kind = Opcode.BINARY if text is None else Opcode.TEXT
            self.out.write(frame(kind, message["bytes"] if text is None else text.encode()))
        elif self.state == ASKED:
            assert self._opening is not None
            if (answer := self._opening.take(message)) is not None:
                self._answer(answer[0], opens=answer[1])
        elif self.state == OPEN:
            raise RuntimeError(f"{message['type']} on an open socket")
        else:
            raise ClientDisconnected
