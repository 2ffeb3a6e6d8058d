"""A client against the model server: whatever happens, what it shows is the log of the topic."""

from __future__ import annotations

import os
from typing import Any

from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule

from tests.realtime.clients import Client, Turn
from tests.realtime.model import Line, ModelServer, may_be_lost, may_be_swapped
from tests.support.effects import Position
from tests.support.subscription import BEGINNING, LONGEST_PAUSE_S

TOPICS = ("villages/lindental/news", "residents/me")

EXAMPLES = settings(
    max_examples=int(os.environ.get("FUZZ_EXAMPLES", "200")),
    stateful_step_count=50,
    deadline=None,
    # The same examples each time, until somebody asks for more of them.
    derandomize="FUZZ_EXAMPLES" not in os.environ,
    suppress_health_check=list(HealthCheck),
)
UNSHRUNK = settings(EXAMPLES, phases=[Phase.generate], derandomize=True, max_examples=200)

topics = st.sampled_from(TOPICS)
few = st.integers(1, 6)
faults = st.lists(
    st.tuples(st.sampled_from(["lose", "double", "delay"]), st.integers(0, 20), few), max_size=4
)


class ClientMachine(RuleBasedStateMachine):
    """
    Let a network lose, double, reorder and cut, and a server lose history and trim.

    The invariant is checked after every command: what the client has shown on a topic is
    exactly the slice of the log between where it started and its position; after a reset it
    is the snapshot and the slice that follows it.
    """

    def client(self) -> Client:
        """Give the client to try; the subclasses know which."""
        raise NotImplementedError

    def __init__(self) -> None:
        super().__init__()
        self.server = ModelServer(*TOPICS)
        self.subject = self.client()
        self.shown: dict[str, list[str]] = {}
        self.starts: dict[str, int] = {}
        self.snapshots: dict[str, Position | None] = {}  # asked for; None until it is read
        self.dialled = False
        self.followed: set[str] = set()
        self.positions: dict[str, Position] = {}
        self.take(self.subject.begin())

    @initialize(
        written=st.integers(0, 10), since=st.none() | st.integers(0, 10), connects=st.booleans()
    )
    def follow(self, written: int, since: int | None, connects: bool) -> None:
        for topic, stream in self.server.streams.items():
            for _ in range(written):
                stream.write()
            if since is None:
                self.start(topic, None)
            else:
                self.start(topic, Position("e1", min(since, written)) if since else BEGINNING)
        if connects:
            self.deliver_all()

    # What the server lives through

    @rule(topic=topics, events=few)
    def write(self, topic: str, events: int) -> None:
        for _ in range(events):
            self.server.streams[topic].write()
        self.server.pump()

    @rule(topic=topics, events=st.integers(0, 6))
    def lose_history(self, topic: str, events: int) -> None:
        self.server.lose_history(topic, events)

    @rule(topic=topics, keep=st.integers(0, 6))
    def trim(self, topic: str, keep: int) -> None:
        self.server.trim(topic, keep)

    @rule()
    def beat(self) -> None:
        self.server.beat()

    # What the network does

    @rule(frames=st.integers(1, 12))
    def deliver(self, frames: int) -> None:
        for _ in range(frames):
            if self.dialled:
                self.dialled = False
                self.server.line = Line()
                self.take(self.subject.opened())
            self.server.pump()
            if self.server.line is None or not self.server.line.down:
                return
            self.take(self.subject.frame(self.server.line.down.pop(0)))

    @rule()
    def deliver_all(self) -> None:
        self.deliver(1000)

    @rule(faults=faults)
    def tamper(self, faults: list[tuple[str, int, int]]) -> None:
        """Lose, double or delay what is on its way."""
        for fault, anywhere, times in faults:
            if not (down := self.on_its_way):
                return
            # Half of the time it meets the last frame, whose loss no later one gives away.
            place = anywhere % len(down) if anywhere % 2 else len(down) - 1
            if fault == "lose" and may_be_lost(down[place]):
                del down[place]
            elif fault == "double":
                down.insert(place, down[place])
            elif fault == "delay":
                for later in range(place + 1, min(place + 1 + times, len(down))):
                    if not may_be_swapped(down[later - 1], down[later]):
                        break
                    down[later - 1], down[later] = down[later], down[later - 1]

    @rule(topic=topics, events=st.integers(1, 12), faults=faults, clears_up=st.booleans())
    def write_in_bad_weather(
        self, topic: str, events: int, faults: list[tuple[str, int, int]], clears_up: bool
    ) -> None:
        self.deliver_all()
        self.write(topic, events)
        self.tamper(faults)
        self.deliver_all()
        if clears_up:
            self.heal()

    @rule()
    def come_back(self) -> None:
        self.take(self.subject.elapse(LONGEST_PAUSE_S))
        self.deliver_all()

    @precondition(lambda self: self.server.line is not None or self.dialled)
    @rule(code=st.sampled_from([None, 1006, 1012, 4400, 4408, 4410, 4429]))
    def cut(self, code: int | None) -> None:
        self.server.line, self.dialled = None, False
        self.take(self.subject.closed(code))

    @precondition(lambda self: self.server.line is not None)
    @rule()
    def swallow(self) -> None:
        """Leave the client with a connection that looks open and is dead."""
        assert self.server.line is not None
        self.server.line.is_hole = True
        self.server.line.down.clear()

    @rule(seconds=st.sampled_from([0.1, 1, 5, 10, 30, 60]))
    def wait(self, seconds: float) -> None:
        self.take(self.subject.elapse(seconds))

    # What the page does

    @precondition(lambda self: self.snapshots)
    @rule(data=st.data())
    def read_snapshot(self, data: st.DataObject) -> None:
        topic = data.draw(st.sampled_from(sorted(self.snapshots)))
        self.snapshots[topic] = self.server.streams[topic].position

    @precondition(lambda self: any(self.snapshots.values()))
    @rule(data=st.data())
    def show_snapshot(self, data: st.DataObject) -> None:
        read = sorted(topic for topic, position in self.snapshots.items() if position)
        self.answer(data.draw(st.sampled_from(read)))

    @precondition(lambda self: self.snapshots)
    @rule(data=st.data())
    def fail_to_load_the_snapshot(self, data: st.DataObject) -> None:
        topic = data.draw(st.sampled_from(sorted(self.snapshots)))
        del self.snapshots[topic]
        self.take(self.subject.snapshot(topic, None))

    @rule(topic=topics, keeps=st.booleans())
    def leave_and_come_back(self, topic: str, keeps: bool) -> None:
        since = self.positions.get(topic) if keeps else None
        self.followed.discard(topic)
        self.snapshots.pop(topic, None)
        self.take(self.subject.leave(topic))
        self.start(topic, since)

    @rule()
    def heal(self) -> None:
        """Stop all faults: within minutes the client shows all there is."""
        for _ in range(60):
            self.deliver_all()
            for topic in list(self.snapshots):
                self.snapshots[topic] = self.server.streams[topic].position
                self.answer(topic)
            self.server.beat()
            self.deliver_all()
            tops = {topic: stream.position for topic, stream in self.server.streams.items()}
            if self.positions == tops and self.server.line is not None and not self.is_swallowed:
                return
            self.take(self.subject.elapse(5))
        raise AssertionError(f"after five minutes at {self.positions}, the server at {tops}")

    def teardown(self) -> None:
        self.heal()
        self.take(self.subject.close())

    # The witness

    @property
    def on_its_way(self) -> list[dict[str, Any]]:
        return self.server.line.down if self.server.line is not None else []

    @property
    def is_swallowed(self) -> bool:
        return self.server.line is not None and self.server.line.is_hole

    def start(self, topic: str, since: Position | None) -> None:
        self.followed.add(topic)
        if since is None:
            self.starts.pop(topic, None)
            self.shown[topic] = []
        else:
            self.starts[topic] = 0
            stream = self.server.streams[topic]
            self.shown[topic] = stream.slice(since.epoch, 0, since.seq)
        self.take(self.subject.follow(topic, since))

    def answer(self, topic: str) -> None:
        position = self.snapshots.pop(topic)
        assert position is not None
        stream = self.server.streams[topic]
        self.shown[topic], self.starts[topic] = stream.slice(position.epoch, 0, position.seq), 0
        self.take(self.subject.snapshot(topic, position))

    def take(self, turn: Turn) -> None:
        """Note what the client did, carry it to the server, and compare it with the log."""
        assert turn.error is None
        for did in turn.did:
            match did.what:
                case "send":
                    self.server.hear(did.value)
                case "dial":
                    self.server.line, self.dialled = None, True
                case "hang_up":
                    self.server.line, self.dialled = None, False
                case "apply":
                    assert did.topic in self.followed
                    self.shown[did.topic].append(did.value["data"]["value"])
                case "fetch":
                    self.snapshots[did.topic] = None
        self.positions = turn.positions
        for topic in self.followed:
            position = turn.positions.get(topic)
            if position is None:
                assert self.shown[topic] == []
                continue
            start = self.starts.setdefault(topic, position.seq - len(self.shown[topic]))
            stream = self.server.streams[topic]
            assert self.shown[topic] == stream.slice(position.epoch, start, position.seq)
