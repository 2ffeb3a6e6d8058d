"""Daphne's door: what every socket has in common is kept once, and a herd is sent away early."""

from __future__ import annotations

import socket

import pytest
from daphne.server import WebSocketFactory
from daphne.ws_protocol import WebSocketProtocol

from tests.support.server import VillageServer
from village.management.door import Door, Line

HANDSHAKE = (
    b"GET /ws HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    b"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
)


class TestLine:
    def test_has_every_setting_of_its_factory(self) -> None:
        door = Door(application=None, endpoints=["tcp:0"])  # type: ignore[no-untyped-call]
        door.http_factory, door.ws_factory = WebSocketFactory(door), WebSocketFactory(door)
        door.ws_factory.setProtocolOptions(maxFramePayloadSize=77, openHandshakeTimeout=9)
        door.open()

        line = door.ws_factory.buildProtocol(None)

        assert type(line) is Line and len(WebSocketProtocol.CONFIG_ATTRS) > 20
        for name in WebSocketProtocol.CONFIG_ATTRS:
            assert getattr(line, name) == getattr(door.ws_factory, name), name
            assert name not in vars(line), name


@pytest.mark.embedded
@pytest.mark.slow
def test_who_comes_too_many_is_told_when_to_come_again() -> None:
    with VillageServer(HANDSHAKES_PER_SECOND="2") as server:
        answers = [_dial(server.port) for _ in range(6)]

        let_in = [each for each in answers if each.startswith(b"HTTP/1.1 101 ")]
        sent_away = [each for each in answers if each.startswith(b"HTTP/1.1 503 ")]
        assert len(let_in) + len(sent_away) == 6
        assert len(let_in) >= 2 and len(sent_away) >= 2
        assert all(b"retry-after: " in each.lower() for each in sent_away)


def _dial(port: int) -> bytes:
    with socket.create_connection(("127.0.0.1", port), timeout=10) as line:
        line.sendall(HANDSHAKE)
        return line.recv(4096)
