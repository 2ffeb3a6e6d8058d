"""The two reference clients in one harness: virtual time, no sockets, one command at a time."""

from __future__ import annotations

import heapq
import itertools
import json
import shutil
import subprocess
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, Protocol, Self

import pytest

from tests.support.effects import (
    Apply,
    Connect,
    Dial,
    Effect,
    Fetch,
    Frame,
    HangUp,
    Position,
    Send,
    Tell,
    Typing,
)
from tests.support.follower import Follower

DRIVER = Path(__file__).parent / "js" / "driver.mjs"
VILLAGE_JS = Path(__file__).parents[2] / "village/web/static/village/village.js"

LATER = "later"  # the answer of a source of tickets that cannot be reached at the moment


@dataclass(frozen=True, slots=True)
class Did:
    """One thing a client did: dial, hang_up, send, apply, fetch, state, typing or warn."""

    what: str
    topic: str = ""
    value: Any = None


@dataclass(slots=True)
class Turn:
    """What a client did in answer to one command, and where it stands now."""

    did: list[Did]
    positions: dict[str, Position]
    error: str | None = None

    def of(self, what: str) -> list[Any]:
        return [did.value for did in self.did if did.what == what]

    @property
    def sent(self) -> list[Frame]:
        return self.of("send")

    @property
    def applied(self) -> list[int]:
        return [frame["seq"] for frame in self.of("apply")]

    @property
    def states(self) -> list[list[Any]]:
        return self.of("state")

    @property
    def dialled(self) -> bool:
        return bool(self.of("dial"))


class Client(Protocol):
    """
    A client that does nothing but what it is told.

    ``tickets`` are the answers its source of them will give, the last one again and again;
    without a source it has the session's cookie. Seconds are virtual.
    """

    def begin(
        self, *, tickets: Sequence[str | None] | None = None, random: float = 0.5
    ) -> Turn: ...
    def follow(self, topic: str, since: Position | None = None) -> Turn: ...
    def leave(self, topic: str) -> Turn: ...
    def close(self) -> Turn: ...
    def opened(self) -> Turn: ...
    def frame(self, frame: object) -> Turn: ...
    def closed(self, code: int | None = 1006, reason: str = "") -> Turn: ...
    def elapse(self, seconds: float) -> Turn: ...
    def snapshot(self, topic: str, position: Position | None) -> Turn: ...


class PythonClient:
    """Carry out what a ``Follower`` decides, against a clock that only the test moves."""

    def __init__(self, rules: Callable[..., Follower] = Follower) -> None:
        self.rules = rules
        self.begin()

    def begin(self, *, tickets: Sequence[str | None] | None = None, random: float = 0.5) -> Turn:
        self.now = 0.0
        self.did: list[Did] = []
        self._tickets = None if tickets is None else list(tickets)
        self._timers: list[tuple[float, int, Callable[[], list[Effect]]]] = []
        self._order = itertools.count()
        self._call, self._beat = 0, 0
        self._follower = self.rules(
            now=lambda: self.now, random=lambda: random, renewable=tickets is not None
        )
        return self._turn(self._follower.start())

    def follow(self, topic: str, since: Position | None = None) -> Turn:
        try:
            return self._turn(self._follower.follow(topic, since))
        except ValueError as error:
            return Turn([], self._follower.positions, str(error))

    def leave(self, topic: str) -> Turn:
        return self._turn(self._follower.leave(topic))

    def close(self) -> Turn:
        return self._turn(self._follower.end())

    def opened(self) -> Turn:
        return self._turn(self._follower.opened())

    def frame(self, frame: object) -> Turn:
        effects = self._follower.receive(frame)
        if isinstance(frame, dict) and frame.get("type") == "welcome":
            self._arm_pulse()
        return self._turn(effects)

    def closed(self, code: int | None = 1006, reason: str = "") -> Turn:
        return self._turn(self._follower.lost(code, reason))

    def snapshot(self, topic: str, position: Position | None) -> Turn:
        return self._turn(self._follower.restored(topic, position))

    def elapse(self, seconds: float) -> Turn:
        end = self.now + seconds
        while self._timers and self._timers[0][0] <= end:
            self.now, _, work = heapq.heappop(self._timers)
            self._carry_out(work())
        self.now = end
        return self._turn([])

    def _turn(self, effects: list[Effect]) -> Turn:
        self._carry_out(effects)
        did, self.did = self.did, []
        return Turn(did, self._follower.positions)

    def _carry_out(self, effects: Iterable[Effect]) -> None:
        for effect in effects:
            match effect:
                case Send(frame):
                    self.did.append(Did("send", "", frame))
                case Apply(topic, frame):
                    self.did.append(Did("apply", topic, frame))
                case Typing(topic, frame):
                    self.did.append(Did("typing", topic, frame))
                case Tell(topic, state, code):
                    self.did.append(Did("state", topic, [str(state), code]))
                case Connect():
                    self.did.append(Did("dial"))
                    self._arm_pulse()
                case HangUp():
                    self._call, self._beat = self._call + 1, self._beat + 1
                    self.did.append(Did("hang_up"))
                case Dial(after):
                    self._later(after, self._dial(self._call))
                case Fetch(topic, reset, after):
                    self._later(after, partial(self._fetch, topic, reset))
        # What is due at once happens in the same turn.
        while self._timers and self._timers[0][0] <= self.now:
            self._carry_out(heapq.heappop(self._timers)[2]())

    def _later(self, after: float, work: Callable[[], list[Effect]]) -> None:
        heapq.heappush(self._timers, (self.now + after, next(self._order), work))

    def _dial(self, call: int) -> Callable[[], list[Effect]]:
        def work() -> list[Effect]:
            if call != self._call:
                return []
            if self._tickets is None:
                return self._follower.ready(None)
            ticket = self._tickets.pop(0) if len(self._tickets) > 1 else self._tickets[0]
            return self._follower.lost() if ticket == LATER else self._follower.ready(ticket)

        return work

    def _fetch(self, topic: str, reset: Frame) -> list[Effect]:
        if self._follower.states.get(topic) == "resetting":
            asked = {name: reset.get(name) for name in ("snapshot", "epoch", "seq", "reason")}
            self.did.append(Did("fetch", topic, asked))
        return []

    def _arm_pulse(self) -> None:
        self._beat += 1
        beat = self._beat

        def work() -> list[Effect]:
            if beat != self._beat:
                return []
            effects = self._follower.tick()
            self._later(self._follower.pulse, work)
            return effects

        self._later(self._follower.pulse, work)


class NodeClient:
    """Drive ``village.js`` in one node process, a line of JSON for each command and its answer."""

    @classmethod
    def start(cls, source: Path = VILLAGE_JS) -> Self:
        """Start node, or skip the test where there is none."""
        if (node := shutil.which("node")) is None:
            pytest.skip(
                "node is not installed, so the browser's client cannot be tried without one"
            )
        return cls(node, source)

    def __init__(self, node: str, source: Path) -> None:
        self._process = subprocess.Popen(
            [node, str(DRIVER), str(source)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            bufsize=1,
        )

    def stop(self) -> None:
        """End the process, which ends by itself with its input."""
        assert self._process.stdin is not None and self._process.stdout is not None
        self._process.stdin.close()
        self._process.stdout.close()
        self._process.wait(timeout=10)

    def ask(self, **command: Any) -> Turn:
        """Carry out one command of the driver."""
        assert self._process.stdin is not None and self._process.stdout is not None
        self._process.stdin.write(json.dumps(command) + "\n")
        answer = json.loads(self._process.stdout.readline())
        return Turn(
            [Did(*did) for did in answer["did"]],
            {topic: Position(p["epoch"], p["seq"]) for topic, p in answer["positions"].items()},
            answer["error"],
        )

    def begin(self, *, tickets: Sequence[str | None] | None = None, random: float = 0.5) -> Turn:
        return self.ask(do="begin", tickets=tickets, random=random)

    def follow(self, topic: str, since: Position | None = None) -> Turn:
        return self.ask(do="follow", topic=topic, since=_wire(since))

    def leave(self, topic: str) -> Turn:
        return self.ask(do="leave", topic=topic)

    def close(self) -> Turn:
        return self.ask(do="close")

    def opened(self) -> Turn:
        return self.ask(do="opened")

    def frame(self, frame: object) -> Turn:
        return self.ask(do="frame", text=json.dumps(frame))

    def closed(self, code: int | None = 1006, reason: str = "") -> Turn:
        return self.ask(do="closed", code=code, reason=reason)

    def elapse(self, seconds: float) -> Turn:
        return self.ask(do="elapse", ms=seconds * 1000)

    def snapshot(self, topic: str, position: Position | None) -> Turn:
        return self.ask(do="snapshot", topic=topic, position=_wire(position))


def _wire(position: Position | None) -> Frame | None:
    return None if position is None else {"epoch": position.epoch, "seq": position.seq}
