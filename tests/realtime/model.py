"""A model of the server of the socket protocol, and of the worst network in front of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import count

from tests.support.effects import Frame, Position

HEARTBEAT_S = 25
WINDOW = 8  # events without an acknowledgement, after which the server waits
TOO_FAR = 40  # events behind, after which loading the snapshot is cheaper
ANSWERS = ("welcome", "subscribed", "reset", "refused")


class Stream:
    """Hold the log of one topic: everything each of its epochs ever held, trimmed or not."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.epochs: list[list[str]] = [[]]
        self.floor = 0
        self._values = count(1)

    @property
    def position(self) -> Position:
        return Position(f"e{len(self.epochs)}", len(self.epochs[-1]))

    def slice(self, epoch: str, start: int, end: int) -> list[str]:
        """Give what an epoch held after ``start``, up to ``end``."""
        if epoch == "":
            return []
        return self.epochs[int(epoch[1:]) - 1][start:end]

    def write(self) -> None:
        self.epochs[-1].append(f"{self.name}-{next(self._values)}")

    def lose(self, events: int) -> None:
        """Restore a backup: the last events are gone and their numbers are given out again."""
        log = self.epochs[-1]
        self.epochs.append(log[: max(0, len(log) - events)])
        self.floor = min(self.floor, len(self.epochs[-1]))


@dataclass(slots=True)
class Line:
    """Hold one connection: where the server is on each topic, and what is on its way down."""

    down: list[Frame] = field(default_factory=list)
    cursors: dict[str, int] = field(default_factory=dict)
    acked: dict[str, int] = field(default_factory=dict)
    is_hole: bool = False  # it looks open, and nothing passes


class ModelServer:
    """Answer one client by the contract; the network is the list ``line.down``."""

    def __init__(self, *topics: str) -> None:
        self.streams = {topic: Stream(topic) for topic in topics}
        self.line: Line | None = None
        self.heartbeat: float = HEARTBEAT_S

    def hear(self, frame: Frame) -> None:
        """Take in a frame of the client."""
        line = self.line
        if line is None or line.is_hole:
            return
        match frame:
            case {"type": "hello"}:
                line.down.append(
                    {
                        "type": "welcome",
                        "resident": "edda",
                        "heartbeat": self.heartbeat,
                        "window": WINDOW,
                        "now": "2026-11-22T12:00:00Z",
                    }
                )
            case {"type": "subscribe", "topic": str(topic)}:
                self._subscribe(line, self.streams[topic], frame.get("since"))
            case {"type": "unsubscribe", "topic": str(topic)}:
                line.cursors.pop(topic, None)
            case {"type": "ack", "topic": str(topic), "seq": int(seq)}:
                assert seq <= line.cursors.get(topic, seq), "what was never sent is acknowledged"
                line.acked[topic] = max(seq, line.acked.get(topic, 0))
            case {"type": "ping"}:
                line.down.append({"type": "pong"})
            case _:
                raise AssertionError(f"the contract knows no {frame}")

    def pump(self) -> None:
        """Send what followers have not been sent yet, as far as their windows go."""
        line = self.line
        if line is None or line.is_hole:
            return
        for topic, cursor in line.cursors.items():
            stream = self.streams[topic]
            end = min(stream.position.seq, line.acked[topic] + WINDOW)
            for seq in range(cursor + 1, end + 1):
                [value] = stream.slice(stream.position.epoch, seq - 1, seq)
                line.down.append(
                    {
                        "type": "event",
                        "topic": topic,
                        "seq": seq,
                        "kind": "news.article_published" if seq % 3 else "future.unheard_of",
                        "at": "2026-11-22T12:00:00Z",
                        "data": {"value": value},
                    }
                )
            line.cursors[topic] = max(cursor, end)

    def beat(self) -> None:
        """Send a heartbeat with the tops of what is followed."""
        line = self.line
        if line is not None and not line.is_hole:
            tops = {topic: self.streams[topic].position.seq for topic in line.cursors}
            line.down.append({"type": "top", "positions": tops})

    def lose_history(self, topic: str, events: int) -> None:
        """Begin a new epoch without the last events."""
        self.pump()
        self.streams[topic].lose(events)
        self._drop(topic, "epoch")

    def trim(self, topic: str, keep: int) -> None:
        """Forget all but the last events; who is still behind them has to start over."""
        stream = self.streams[topic]
        stream.floor = max(stream.floor, stream.position.seq - keep)
        if self.line is not None and self.line.cursors.get(topic, stream.floor) < stream.floor:
            self._drop(topic, "trimmed")

    def _subscribe(self, line: Line, stream: Stream, since: Frame | None) -> None:
        epoch, top = stream.position.epoch, stream.position.seq
        seq = top if since is None else since["seq"]
        if since is not None and since["epoch"] != epoch and since != {"epoch": "", "seq": 0}:
            return self._reset(line, stream, "epoch")
        if seq > top:
            return self._reset(line, stream, "ahead")
        if seq < stream.floor:
            return self._reset(line, stream, "trimmed")
        if top - seq > TOO_FAR:
            return self._reset(line, stream, "too_far")
        line.cursors[stream.name] = line.acked[stream.name] = seq
        line.down.append(
            {
                "type": "subscribed",
                "topic": stream.name,
                "epoch": epoch,
                "seq": top,
                "recovered": since is not None,
            }
        )
        return None

    def _drop(self, topic: str, reason: str) -> None:
        if self.line is not None and not self.line.is_hole and topic in self.line.cursors:
            self._reset(self.line, self.streams[topic], reason)

    def _reset(self, line: Line, stream: Stream, reason: str) -> None:
        line.cursors.pop(stream.name, None)
        line.down.append(
            {
                "type": "reset",
                "topic": stream.name,
                "reason": reason,
                "epoch": stream.position.epoch,
                "seq": stream.position.seq,
                "snapshot": f"/api/v1/{stream.name}",
            }
        )


def may_be_lost(frame: Frame) -> bool:
    """Tell what a careless server may forget to send; the other answers only a cut takes away."""
    return frame["type"] in ("event", "top", "subscribed", "pong")


def may_be_swapped(first: Frame, second: Frame) -> bool:
    """
    Tell whether two frames may overtake one another.

    An answer keeps its place among the frames of its topic: events carry no epoch, so
    that much the protocol takes from the connection it runs on.
    """
    answers = first["type"] in ANSWERS or second["type"] in ANSWERS
    return "welcome" not in (first["type"], second["type"]) and not (
        answers and first.get("topic") == second.get("topic")
    )
