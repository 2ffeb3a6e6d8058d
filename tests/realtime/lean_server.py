"""A uvicorn with our WebSocket class inside the test's own loop, around any application."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from typing import Any

import uvicorn

from village.realtime.lean import LeanWebSocket
from village.realtime.rfc6455 import Opcode

Message = dict[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
KEY = "dGhlIHNhbXBsZSBub25jZQ=="  # RFC 6455, 1.3

HANDSHAKE = {
    "Host": "127.0.0.1",
    "Upgrade": "websocket",
    "Connection": "keep-alive, Upgrade",
    "Sec-WebSocket-Version": "13",
    "Sec-WebSocket-Key": KEY,
}


@asynccontextmanager
async def serving(app: Any) -> AsyncIterator[tuple[int, uvicorn.Server]]:
    config = uvicorn.Config(app, ws=LeanWebSocket, lifespan="off", log_config=None)
    server = uvicorn.Server(config)
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]
        running = asyncio.create_task(server.serve(sockets=[listening]))
        try:
            while not server.started:
                await asyncio.sleep(0.001)
            yield port, server
        finally:
            server.should_exit = True
            await running


class Wire:
    """A client that says exactly the bytes a test wants, and reads frames by itself."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader, self.writer = reader, writer
        self.head = b""

    @classmethod
    async def dial(cls, port: int, *, receive_buffer: int | None = None) -> Wire:
        plug = socket.socket()
        if receive_buffer:
            plug.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
        plug.setblocking(False)
        await asyncio.get_running_loop().sock_connect(plug, ("127.0.0.1", port))
        return cls(*await asyncio.open_connection(sock=plug, limit=4096))

    async def ask(self, *, method: str = "GET", path: str = "/", **headers: str | None) -> int:
        """Ask for a WebSocket; a header set to None is left out. Gives the status."""
        wanted = HANDSHAKE | {
            name.replace("_", "-"): value for name, value in headers.items() if value is not None
        }
        left_out = {name.replace("_", "-") for name, value in headers.items() if value is None}
        lines = [f"{name}: {value}" for name, value in wanted.items() if name not in left_out]
        self.say("\r\n".join([f"{method} {path} HTTP/1.1", *lines, "", ""]).encode())
        self.head = await self.reader.readuntil(b"\r\n\r\n")
        return int(self.head.split()[1])

    def say(self, data: bytes) -> None:
        self.writer.write(data)

    async def hear(self) -> tuple[int, bytes]:
        """Read one frame: the first byte and the payload."""
        first, size = await self.reader.readexactly(2)
        assert not size & 0x80, "a server does not mask"
        if size >= 126:
            size = int.from_bytes(await self.reader.readexactly(2 if size == 126 else 8), "big")
        return first, await self.reader.readexactly(size)

    async def hear_close(self) -> int:
        """Read up to the close frame, and give its code; 1005 when it has none."""
        first = 0
        while first != 0x80 | Opcode.CLOSE:
            first, payload = await self.hear()
        return int.from_bytes(payload[:2], "big") or 1005

    async def hear_nothing_more(self) -> None:
        assert await self.reader.read() == b""

    async def hang_up(self) -> None:
        self.writer.close()
        with suppress(ConnectionError):
            await self.writer.wait_closed()


def masked(opcode: int, payload: bytes = b"", *, first: int | None = None) -> bytes:
    """Write a client's frame; ``first`` is its first byte, where it shall be a strange one."""
    mask, size = b"\x37\xfa\x21\x3d", len(payload)
    if size < 126:
        length = bytes((0x80 | size,))
    elif size < 65536:
        length = b"\xfe" + size.to_bytes(2, "big")
    else:
        length = b"\xff" + size.to_bytes(8, "big")
    body = bytes(byte ^ mask[at % 4] for at, byte in enumerate(payload))
    return bytes((0x80 | opcode if first is None else first,)) + length + mask + body
