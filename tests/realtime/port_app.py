"""An ASGI application that speaks through the village's ports, for real servers to serve."""

from __future__ import annotations

import os
import random
from typing import Any

import django
import numpy as np

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
django.setup()

from tests.realtime.lean_server import Message, Receive, Send  # noqa: E402 - needs the apps
from village.realtime.frames import Batch, Encoded  # noqa: E402
from village.realtime.ports import volley  # noqa: E402
from village.realtime.ports.base import Port  # noqa: E402
from village.realtime.ports.choice import port_for, turn_away  # noqa: E402
from village.realtime.ports.wire import WirePort  # noqa: E402

WORDS = 300


async def application(scope: Message, receive: Receive, send: Send) -> None:
    if scope["type"] != "websocket":
        return
    await receive()
    await SCENES[scope["path"]](scope, receive, send)


async def name(scope: Message, receive: Receive, send: Send) -> None:
    """Say which port the socket has got."""
    await send({"type": "websocket.accept"})
    port_for(scope, send).say(type(port_for(scope, send)).__name__)
    await receive()


async def name_behind_middleware(scope: Message, receive: Receive, send: Send) -> None:
    async def wrapped(message: Message) -> None:
        await send(message)

    await name(scope, receive, wrapped)


async def name_with_compression(scope: Message, receive: Receive, send: Any) -> None:
    """Say which port it would be, had daphne negotiated a compression, which it never does."""
    await send({"type": "websocket.accept"})
    protocol = send.args[0]
    protocol._perMessageCompress = object()
    port = port_for(scope, send)
    protocol._perMessageCompress = None
    port.say(type(port).__name__)
    await receive()


async def name_too_early(scope: Message, receive: Receive, send: Send) -> None:
    """Say which port it would be before the handshake is finished."""
    port = port_for(scope, send)
    await send({"type": "websocket.accept"})
    await send({"type": "websocket.send", "text": type(port).__name__})
    await receive()


async def chatter(scope: Message, receive: Receive, send: Send) -> None:
    """Send numbered words of all sizes in all ways, so fast that nobody can take them at once."""
    await send({"type": "websocket.accept"})
    port, dice = port_for(scope, send), random.Random(7)
    number, is_clear = 0, False

    def look_again() -> None:
        nonlocal is_clear
        is_clear = False

    port.touched = look_again
    while number < WORDS:
        word = f"{number} " + "x" * dice.choice([10, 600, 30_000, 70_000])
        way = dice.choice(["write", "write", "write", "sing", "sing", "say", "send"])
        if way == "sing" and isinstance(port, WirePort) and (is_clear or port.is_clear):
            # Nothing is asked any more, until the port is touched.
            is_clear = True
            wire = Batch([Encoded(number, "", None, word)]).wire
            for _, written in volley.send(np.array([port.fd], np.int32), wire):
                assert port.went(written, wire)
            number += 1
        elif way == "write" and port.write(Batch([Encoded(number, "", None, word)])):
            number += 1
        elif way == "say" and port.ready:
            port.say(word)
            number += 1
        elif way == "send" or not port.ready:
            # The client asks for more when it has read some.
            await receive()
            await send({"type": "websocket.send", "text": word})
            number += 1
    while (await receive()).get("text") != "enough":
        pass
    port.close(4410)
    assert not port.write(Batch([Encoded(number, "", None, "after the close")]))
    port.say("after the close")
    await _until_over(receive)


async def write_after_the_client_left(scope: Message, receive: Receive, send: Send) -> None:
    await send({"type": "websocket.accept"})
    port: Port = port_for(scope, send)
    await _until_over(receive)
    if isinstance(port, WirePort):
        assert not port.write(Batch([Encoded(1, "", None, "nobody hears it")]))


async def listen(scope: Message, receive: Receive, send: Send) -> None:
    """Say which way each word came; the last one closes from inside."""
    await send({"type": "websocket.accept"})
    port = port_for(scope, send)

    def hear(word: str, way: str = "at once") -> None:
        if word == "close":
            port.close(4410)
        else:
            port.say(f"{way}: {word[:20]}")

    port.listen(hear)
    while (message := await receive())["type"] != "websocket.disconnect":
        hear(message.get("text") or message["bytes"].decode(), "through ASGI")


async def busy(scope: Message, receive: Receive, send: Send) -> None:
    await turn_away(scope, send, 9)


async def _until_over(receive: Receive) -> None:
    while (await receive())["type"] != "websocket.disconnect":
        pass


SCENES = {
    "/name": name,
    "/behind-middleware": name_behind_middleware,
    "/with-compression": name_with_compression,
    "/too-early": name_too_early,
    "/chatter": chatter,
    "/left": write_after_the_client_left,
    "/listen": listen,
    "/busy": busy,
}
