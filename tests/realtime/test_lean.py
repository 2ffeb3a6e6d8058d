"""The small WebSocket server against good clients, hostile bytes and careless applications."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed, ConnectionClosedError
from websockets.typing import Subprotocol

from tests.realtime.lean_server import Message, Receive, Send, Wire, masked, serving
from village.realtime import lean
from village.realtime.inbox import FULL
from village.realtime.lean import MESSAGE_MAX
from village.realtime.rfc6455 import Opcode, Reader

pytestmark = pytest.mark.once
TEXT, BINARY, CLOSE, PING, PONG = (
    Opcode.TEXT,
    Opcode.BINARY,
    Opcode.CLOSE,
    Opcode.PING,
    Opcode.PONG,
)


Dial = Callable[..., Awaitable[Wire]]


class Village:
    """An application that does what a test tells it, and remembers what it heard."""

    def __init__(self) -> None:
        self.port = 0
        self.scopes: list[Message] = []
        self.heard: list[Message] = []
        self.over = asyncio.Event()
        self.go_on = asyncio.Event()

    @property
    def url(self) -> str:
        return f"ws://127.0.0.1:{self.port}/"

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        self.scopes.append(scope)
        try:
            await getattr(self, scope["path"].strip("/") or "echo")(receive, send)
        finally:
            self.over.set()

    async def echo(self, receive: Receive, send: Send) -> None:
        assert (await receive())["type"] == "websocket.connect"
        [*_, subprotocol] = [None, *self.scopes[-1]["subprotocols"]]
        await send({"type": "websocket.accept", "subprotocol": subprotocol})
        while True:
            message = await receive()
            self.heard.append(message)
            if message["type"] == "websocket.disconnect":
                return
            await send(message | {"type": "websocket.send"})

    async def refuse(self, receive: Receive, send: Send) -> None:
        await send({"type": "websocket.close"})

    async def deny(self, receive: Receive, send: Send) -> None:
        headers = [(b"retry-after", b"7")]
        await send({"type": "websocket.http.response.start", "status": 503, "headers": headers})
        await send({"type": "websocket.http.response.body", "body": b"Come ", "more_body": True})
        await send({"type": "websocket.http.response.body", "body": b"later."})

    async def fail(self, receive: Receive, send: Send) -> None:
        raise RuntimeError("on purpose")

    async def fail_later(self, receive: Receive, send: Send) -> None:
        await send({"type": "websocket.accept"})
        raise RuntimeError("on purpose")

    async def leave(self, receive: Receive, send: Send) -> None:
        await send({"type": "websocket.accept"})

    async def close(self, receive: Receive, send: Send) -> None:
        await receive()
        await send({"type": "websocket.accept"})
        await send({"type": "websocket.close", "code": 4410, "reason": "ü" * 100})
        self.heard.append(await receive())
        with pytest.raises(OSError):
            await send({"type": "websocket.send", "text": "too late"})
        await self.go_on.wait()

    async def pour(self, receive: Receive, send: Send) -> None:
        """Send without end; ``heard`` counts what was taken."""
        await receive()
        await send({"type": "websocket.accept"})
        with pytest.raises(OSError):
            while True:
                await send({"type": "websocket.send", "bytes": bytes(65536)})
                self.heard.append({})

    async def sleep(self, receive: Receive, send: Send) -> None:
        """Take nothing until told to."""
        await receive()
        await send({"type": "websocket.accept"})
        await self.go_on.wait()
        await self.echo_on(receive)

    async def echo_on(self, receive: Receive) -> None:
        while (message := await receive())["type"] == "websocket.receive":
            self.heard.append(message)


@pytest.fixture
async def village() -> AsyncIterator[Village]:
    village = Village()
    async with serving(village) as (village.port, _):
        yield village
        village.go_on.set()


@pytest.fixture
async def dial(village: Village) -> AsyncIterator[Dial]:
    wires: list[Wire] = []

    async def dial(**options: Any) -> Wire:
        wires.append(await Wire.dial(village.port, **options))
        return wires[-1]

    yield dial
    for wire in wires:
        await wire.hang_up()


@pytest.fixture
async def wire(dial: Dial) -> Wire:
    wire = await dial()
    assert await wire.ask() == 101
    return wire


async def ends(village: Village) -> None:
    async with asyncio.timeout(5):
        await village.over.wait()


class TestHandshake:
    async def test_opens_with_the_subprotocol_and_a_full_scope(self, village: Village) -> None:
        url = f"{village.url}echo?since=1%202"
        async with connect(url, subprotocols=[Subprotocol("village.v1")]) as client:
            assert client.subprotocol == "village.v1"
        scope = village.scopes[0]

        assert (scope["type"], scope["scheme"], scope["http_version"]) == ("websocket", "ws", "1.1")
        assert (scope["path"], scope["query_string"]) == ("/echo", b"since=1%202")
        assert scope["subprotocols"] == ["village.v1"]
        assert (b"upgrade", b"websocket") in scope["headers"]
        assert scope["client"][0] == scope["server"][0] == "127.0.0.1"
        assert isinstance(scope["extensions"]["village.transport"], lean.LeanWebSocket)

    async def test_answers_the_key_of_the_rfc(self, wire: Wire) -> None:
        assert b"\r\nSec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n" in wire.head

    async def test_never_negotiates_an_extension(self, village: Village) -> None:
        async with connect(village.url, compression="deflate") as client:
            assert client.protocol.extensions == []

    @pytest.mark.parametrize(
        ("changed", "status"),
        [
            ({"Sec_WebSocket_Version": "8"}, 426),
            ({"Sec_WebSocket_Version": None}, 426),
            ({"Sec_WebSocket_Key": None}, 400),
            ({"Sec_WebSocket_Key": "short"}, 400),
            ({"Sec_WebSocket_Key": "not base64 at all!!!!!!!"}, 400),
            ({"Sec_WebSocket_Key": "dGhlIHNhbXBsZSBub25jZQ==, x"}, 400),
            ({"method": "POST"}, 405),
        ],
    )
    async def test_refuses_what_is_none(
        self, dial: Dial, village: Village, changed: dict[str, Any], status: int
    ) -> None:
        wire = await dial()

        assert await wire.ask(**changed) == status
        assert (b"sec-websocket-version: 13" in wire.head) == (status == 426)
        await wire.hear_nothing_more()
        assert not village.scopes

    @pytest.mark.parametrize(
        ("path", "status", "body"), [("/refuse", 403, b""), ("/deny", 503, b"Come later.")]
    )
    async def test_answers_with_http_where_the_application_wishes(
        self, dial: Dial, village: Village, path: str, status: int, body: bytes
    ) -> None:
        wire = await dial()

        assert await wire.ask(path=path) == status
        assert (b"retry-after: 7" in wire.head) == (path == "/deny")
        assert await wire.reader.read() == body

    async def test_answers_500_when_the_application_fails(
        self, dial: Dial, village: Village, caplog: pytest.LogCaptureFixture
    ) -> None:
        wire = await dial()

        assert await wire.ask(path="/fail") == 500
        assert "on purpose" in caplog.text


class TestMessages:
    @pytest.mark.parametrize("size", [0, 1, 125, 126, 65535, MESSAGE_MAX])
    async def test_go_both_ways_at_every_size(self, village: Village, size: int) -> None:
        async with connect(village.url, max_size=None) as client:
            await client.send("ü" * (size // 2))
            await client.send(bytes(size))

            assert await client.recv() == "ü" * (size // 2)
            assert await client.recv() == bytes(size)

    async def test_in_fragments_arrive_whole_with_pings_between(self, village: Village) -> None:
        async with connect(village.url) as client:
            await client.send(["Grüß", " ", "Gott"])
            pong = await client.ping("between")
            await client.send([b"a", b"", b"b"])

            assert await client.recv() == "Grüß Gott"
            assert await client.recv() == b"ab"
            await pong

    async def test_a_fragment_may_end_inside_a_character(self, wire: Wire) -> None:
        wire.say(masked(TEXT, b"\xc3", first=0x01) + masked(0, b"\xbc"))

        assert await wire.hear() == (0x80 | TEXT, "ü".encode())

    async def test_byte_by_byte_is_no_different(self, wire: Wire) -> None:
        for byte in masked(TEXT, b"slowly") + masked(PING, b"p"):
            wire.say(bytes((byte,)))
            await wire.writer.drain()
            await asyncio.sleep(0)

        # The server answers a ping by itself, so it may be first.
        heard = {await wire.hear(), await wire.hear()}
        assert heard == {(0x80 | TEXT, b"slowly"), (0x80 | PONG, b"p")}

    async def test_of_many_pings_the_last_is_answered(self, wire: Wire) -> None:
        wire.say(b"".join(masked(PING, b"%d" % number) for number in range(500)))
        answered = []
        while not answered or answered[-1] != b"499":
            answered.append((await wire.hear())[1])

        assert len(answered) < 50

    @given(
        messages=st.lists(
            st.tuples(st.sampled_from([TEXT, BINARY]), st.text(max_size=200)), max_size=6
        ),
        cuts=st.lists(st.integers(0, 3000)),
    )
    @settings(max_examples=200, deadline=None)
    def test_however_the_bytes_are_cut_the_messages_are_the_same(
        self, messages: list[tuple[Opcode, str]], cuts: list[int]
    ) -> None:
        stream = b"".join(masked(opcode, text.encode()) for opcode, text in messages)
        edges = [0, *sorted(cut for cut in cuts if cut < len(stream)), len(stream)]
        reader = Reader(MESSAGE_MAX)
        heard = [each for begin, end in pairwise(edges) for each in reader.feed(stream[begin:end])]

        assert heard == [(op, text if op == TEXT else text.encode()) for op, text in messages]


HOSTILE = {
    "an unmasked frame": (b"\x81\x02hi", 1002),
    "a reserved bit": (masked(TEXT, b"x", first=0xC1), 1002),
    "another reserved bit": (masked(TEXT, b"x", first=0x91), 1002),
    "an unknown opcode": (masked(3), 1002),
    "an unknown control opcode": (masked(11), 1002),
    "a long ping": (masked(PING, bytes(126)), 1002),
    "a ping in fragments": (masked(PING, b"x", first=0x09), 1002),
    "a continuation of nothing": (masked(0, b"x"), 1002),
    "a message inside a message": (masked(TEXT, b"a", first=0x01) + masked(TEXT, b"b"), 1002),
    "a wasteful length of 16 bits": (b"\x81\xfe\x00\x05....", 1002),
    "a wasteful length of 64 bits": (b"\x81\xff" + bytes(6) + b"\xff\xff....", 1002),
    "a negative length": (b"\x81\xff" + b"\xff" * 8 + b"....", 1002),
    "an endless message": (b"\x81\xff\x7f" + b"\xff" * 7 + b"....", 1009),
    "a byte too much": (masked(BINARY, bytes(MESSAGE_MAX + 1)), 1009),
    "a byte too much in fragments": (
        masked(BINARY, bytes(MESSAGE_MAX), first=0x02) + masked(0, b"x"),
        1009,
    ),
    "a text that is not UTF-8": (masked(TEXT, b"\xff\xfe"), 1007),
    "half a character": (masked(TEXT, b"\xc3"), 1007),
    "a surrogate": (masked(TEXT, b"\xed\xa0\x80"), 1007),
    "an overlong slash": (masked(TEXT, b"\xc0\xaf"), 1007),
    "a close of one byte": (masked(CLOSE, b"\x03"), 1002),
    "a close with a code that is never sent": (masked(CLOSE, b"\x03\xed"), 1002),
    "a close with a code of nobody": (masked(CLOSE, b"\x03\xe7"), 1002),
    "a close with a reason that is not UTF-8": (masked(CLOSE, b"\x03\xe8\xff"), 1007),
}


class TestHostileBytes:
    @pytest.mark.parametrize(("data", "code"), HOSTILE.values(), ids=HOSTILE)
    async def test_close_with_the_code_of_the_rfc(
        self, wire: Wire, village: Village, data: bytes, code: int
    ) -> None:
        wire.say(masked(TEXT, b"before"))
        assert await wire.hear() == (0x80 | TEXT, b"before")
        wire.say(data)

        assert await wire.hear_close() == code
        await ends(village)
        assert [message.get("text") for message in village.heard] == ["before", None]
        assert village.heard[-1]["code"] == code

    async def test_after_the_close_nobody_listens(self, wire: Wire, village: Village) -> None:
        wire.say(masked(TEXT, b"\xff"))
        assert await wire.hear_close() == 1007
        wire.say(masked(TEXT, b"after") + masked(CLOSE, b"\x03\xef"))

        await wire.hear_nothing_more()
        assert len(village.heard) == 1


class TestClosing:
    @pytest.mark.parametrize("code", [1000, 1001, 3000, 4408, 4999])
    async def test_the_clients_code_is_echoed_and_told(self, village: Village, code: int) -> None:
        async with connect(village.url) as client:
            await client.close(code, "Servus")
        await ends(village)

        assert client.protocol.close_rcvd and client.protocol.close_rcvd.code == code
        assert [message["code"] for message in village.heard] == [code]

    async def test_a_close_without_a_code_is_echoed_without_one(self, wire: Wire) -> None:
        wire.say(masked(CLOSE))

        assert await wire.hear() == (0x80 | CLOSE, b"")
        await wire.hear_nothing_more()

    async def test_a_cut_line_is_told_as_1006(self, wire: Wire, village: Village) -> None:
        wire.writer.transport.abort()
        await ends(village)

        assert village.heard == [{"type": "websocket.disconnect", "code": 1006, "reason": ""}]

    async def test_ours_arrives_with_code_and_a_reason_that_fits(self, village: Village) -> None:
        async with connect(f"{village.url}close") as client:
            with pytest.raises(ConnectionClosedError):
                await client.recv()
        village.go_on.set()
        await ends(village)

        assert client.close_code == 4410
        assert client.close_reason == "ü" * 61
        assert village.heard[0]["code"] == 4410

    async def test_a_client_that_does_not_answer_ours_is_cut(
        self, dial: Dial, village: Village, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(lean, "CLOSE_WITHIN", 0.05)
        wire = await dial()
        await wire.ask(path="/close")
        assert await wire.hear_close() == 4410
        await wire.hear_nothing_more()

    @pytest.mark.parametrize(("path", "code"), [("leave", 1000), ("fail_later", 1011)])
    async def test_an_application_that_ends_closes(
        self, village: Village, path: str, code: int
    ) -> None:
        async with connect(f"{village.url}{path}") as client:
            with pytest.raises(ConnectionClosed):
                await client.recv()

        assert client.close_code == code

    async def test_a_server_that_stops_says_so_after_the_application(self) -> None:
        village = Village()
        farewells: list[str] = []
        async with serving(village) as (village.port, server):
            client = await connect(village.url)
            socket = village.scopes[0]["extensions"]["village.transport"]
            socket.leave = lambda: farewells.append("bye")
            server.should_exit = True
            with pytest.raises(ConnectionClosedError):
                await client.recv()

        assert client.close_code == 1012
        assert farewells == ["bye"]


class TestBackpressure:
    async def test_a_sender_waits_for_who_does_not_read(self, dial: Dial, village: Village) -> None:
        wire = await dial(receive_buffer=4096)
        await wire.ask(path="/pour")
        taken = -1
        while len(village.heard) > taken:
            taken = len(village.heard)
            await asyncio.sleep(0.1)
        [socket] = [scope["extensions"]["village.transport"] for scope in village.scopes]

        # The kernel's buffer, what the transport keeps at most, and one message over it.
        assert socket.transport.get_write_buffer_size() <= 3 * 65536
        for _ in range(taken + 3):
            assert (await wire.hear())[0] == 0x80 | BINARY
        assert len(village.heard) > taken
        await wire.hang_up()
        await ends(village)

    async def test_nobody_reads_more_than_the_application_takes(
        self, dial: Dial, village: Village
    ) -> None:
        wire = await dial()
        await wire.ask(path="/sleep")
        flood = b"".join(masked(TEXT, b"%d" % number) for number in range(20_000))
        wire.say(flood)
        socket = village.scopes[0]["extensions"]["village.transport"]
        while not socket._inbox.is_full:
            await asyncio.sleep(0.01)
        await asyncio.sleep(0.1)
        assert len(socket._inbox._messages) == FULL

        village.go_on.set()
        wire.say(masked(CLOSE))
        await ends(village)
        assert [message["text"] for message in village.heard] == [str(n) for n in range(20_000)]

    async def test_an_idle_socket_has_one_task_and_no_timer(
        self, dial: Dial, village: Village
    ) -> None:
        loop = asyncio.get_running_loop()
        async with connect(village.url, ping_interval=None) as first:
            await first.send("x")
            await first.recv()
            tasks, timers = len(asyncio.all_tasks()), len(loop._scheduled)
            for _ in range(10):
                await (await dial()).ask()

            assert len(asyncio.all_tasks()) == tasks + 10
            assert len(loop._scheduled) <= timers
