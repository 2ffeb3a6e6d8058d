"""
The frames of a WebSocket as bytes, on the server's side (RFC 6455).

What comes in must be masked, what goes out is not. No extension is negotiated, so a reserved
bit is always a mistake. Numbers in brackets are sections of the RFC.
"""

from __future__ import annotations

from collections.abc import Iterator
from enum import IntEnum


class Opcode(IntEnum):
    """Say what a frame is (5.2)."""

    CONTINUATION = 0
    TEXT = 1
    BINARY = 2
    CLOSE = 8
    PING = 9
    PONG = 10


class Code(IntEnum):
    """Say why a connection ends, as far as a server has a reason (7.4.1)."""

    NORMAL = 1000
    PROTOCOL_ERROR = 1002
    NONE_GIVEN = 1005
    CUT_OFF = 1006
    NOT_UTF8 = 1007
    TOO_BIG = 1009
    OUR_FAULT = 1011
    RESTARTING = 1012


class Violation(Exception):
    """The other side broke the protocol; the connection must be failed with ``code`` (7.1.7)."""

    def __init__(self, code: Code, what: str) -> None:
        super().__init__(what)
        self.code = code


Heard = tuple[Opcode, str | bytes]


class Reader:
    """Take bytes as they come and give whole messages; keeps at most one unfinished message."""

    __slots__ = ("_begun", "_kind", "_max", "_rest")

    def __init__(self, message_max: int) -> None:
        self._max = message_max
        # What has arrived of a frame, and of a message in several frames; mostly nothing.
        self._rest: bytearray | None = None
        self._begun: bytearray | None = None
        self._kind = Opcode.TEXT

    @property
    def is_between_messages(self) -> bool:
        """Tell whether nothing unfinished has arrived."""
        return self._rest is None and self._begun is None

    def feed(self, data: bytes) -> Iterator[Heard]:
        """
        Give the messages and control frames that are complete now, in their order.

        :raises Violation: where the stream breaks the protocol, after what came before it
        """
        came: bytes | bytearray = data
        if self._rest is not None:
            self._rest += data
            came = self._rest
        begin, end = 0, len(came)
        while end - begin >= 2:
            head = came[begin]
            size, body = _measure(came, begin, end)
            self._judge(head, size)
            if size < 0 or end - body < size:
                break
            payload = _unmask(came[body - 4 : body], came[body : body + size])
            begin = body + size
            message = self._whole(head, payload)
            if message is not None:
                yield message
        if begin or came is data:
            self._rest = bytearray(came[begin:]) if begin < end else None

    def _judge(self, head: int, size: int) -> None:
        """Refuse a frame as soon as its head shows that it cannot be one."""
        if head & 0x70:
            raise Violation(Code.PROTOCOL_ERROR, "a reserved bit is set")
        opcode = head & 0x0F
        if opcode >= Opcode.CLOSE:
            if opcode > Opcode.PONG:
                raise Violation(Code.PROTOCOL_ERROR, "an unknown opcode")
            if not head & 0x80 or size > 125:
                raise Violation(Code.PROTOCOL_ERROR, "a control frame is short and whole")
            return
        if opcode > Opcode.BINARY:
            raise Violation(Code.PROTOCOL_ERROR, "an unknown opcode")
        if (opcode == Opcode.CONTINUATION) != (self._begun is not None):
            raise Violation(Code.PROTOCOL_ERROR, "a continuation of nothing, or none at all")
        if size + len(self._begun or b"") > self._max:
            raise Violation(Code.TOO_BIG, "too big a message")

    def _whole(self, head: int, payload: bytes) -> Heard | None:
        """Give what a frame completes; ``None`` when more of it must come."""
        opcode = Opcode(head & 0x0F)
        if opcode >= Opcode.CLOSE:
            return opcode, payload
        if opcode == Opcode.CONTINUATION:
            assert self._begun is not None
            self._begun += payload
        elif not head & 0x80:
            self._kind, self._begun = opcode, bytearray(payload)
        else:
            return opcode, _text(payload) if opcode == Opcode.TEXT else payload
        if not head & 0x80:
            return None
        payload, self._begun = bytes(self._begun), None
        return self._kind, _text(payload) if self._kind == Opcode.TEXT else payload


def _measure(came: bytes | bytearray, begin: int, end: int) -> tuple[int, int]:
    """Give a frame's size, or -1 before it can be known, and where its payload begins."""
    second = came[begin + 1]
    if not second & 0x80:
        raise Violation(Code.PROTOCOL_ERROR, "a client masks every frame")
    size, body = second & 0x7F, begin + 2
    if size == 126:
        body += 2
        if end < body:
            return -1, body
        size = int.from_bytes(came[begin + 2 : body], "big")
        least = 126
    elif size == 127:
        body += 8
        if end < body:
            return -1, body
        size = int.from_bytes(came[begin + 2 : body], "big")
        least = 65536
    else:
        least = 0
    if size < least or size >= 2**63:
        raise Violation(Code.PROTOCOL_ERROR, "a length takes the fewest bytes that hold it")
    return size, body + 4


def _unmask(mask: bytes | bytearray, payload: bytes | bytearray) -> bytes:
    # As two whole numbers: the interpreter has no faster way to go through bytes.
    size = len(payload)
    key = (bytes(mask) * (size // 4 + 1))[:size]
    return (int.from_bytes(payload, "big") ^ int.from_bytes(key, "big")).to_bytes(size, "big")


def _text(payload: bytes) -> str:
    try:
        return payload.decode()
    except UnicodeDecodeError:
        raise Violation(Code.NOT_UTF8, "a text that is not UTF-8") from None


def short_texts(data: bytes) -> list[str] | None:
    """Read bytes that are nothing but whole short texts, as almost all are; ``None`` for others."""
    texts = []
    begin, end = 0, len(data)
    while begin < end:
        body = begin + 6
        if body > end or data[begin] != 0x80 | Opcode.TEXT or not 0x80 <= data[begin + 1] < 0xFE:
            return None
        begin = body + (data[begin + 1] & 0x7F)
        if begin > end:
            return None
        try:
            texts.append(_unmask(data[body - 4 : body], data[body:begin]).decode())
        except UnicodeDecodeError:
            return None
    return texts


def read_close(payload: bytes) -> tuple[int, str]:
    """
    Read the code and the reason of a close frame (5.5.1).

    :raises Violation: if they are none
    """
    if not payload:
        return Code.NONE_GIVEN, ""
    code = int.from_bytes(payload[:2], "big")
    if len(payload) == 1 or not (
        1000 <= code <= 1003 or 1007 <= code <= 1014 or 3000 <= code <= 4999
    ):
        raise Violation(Code.PROTOCOL_ERROR, "a close frame without a code that may be sent")
    return code, _text(payload[2:])


def frame(opcode: Opcode, payload: bytes) -> bytes:
    """Write one whole, unmasked frame (5.2)."""
    size = len(payload)
    if size < 126:
        return bytes((0x80 | opcode, size)) + payload
    if size < 65536:
        return bytes((0x80 | opcode, 126)) + size.to_bytes(2, "big") + payload
    return bytes((0x80 | opcode, 127)) + size.to_bytes(8, "big") + payload


def close_frame(code: int, reason: str = "") -> bytes:
    """Write a close frame; a reason that is too long for one is cut (5.5)."""
    if code == Code.NONE_GIVEN:
        return frame(Opcode.CLOSE, b"")
    words = reason.encode()[:123].decode(errors="ignore").encode()
    return frame(Opcode.CLOSE, code.to_bytes(2, "big") + words)
