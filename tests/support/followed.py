"""One topic as a test sees it: what was shown on it so far, and what comes next."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

from tests.support.effects import Frame, Position, State

if TYPE_CHECKING:
    from tests.support.client import VillageSocket

Snapshot = Callable[[Frame], Awaitable[Position | None]]


class Refused(Exception):
    """Say that the server does not admit us to a topic; ``code`` is the server's."""

    def __init__(self, topic: str, code: object) -> None:
        super().__init__(f"{topic}: {code}")
        self.code = code


class Ended(Exception):
    """Say that the client has stopped for good; ``code`` is the close code that made it."""

    def __init__(self, code: object) -> None:
        super().__init__(f"the socket has ended with {code}")
        self.code = code


class Followed:
    """Hold what has been applied on one topic: ``applied``, ``resets`` and ``typing``, in order."""

    def __init__(self, socket: VillageSocket, topic: str, snapshot: Snapshot | None) -> None:
        self.topic, self.snapshot = topic, snapshot
        self.applied: list[Frame] = []
        self.resets: list[Frame] = []
        self.typing: list[Frame] = []
        self.code: object = None
        self._socket = socket
        self._read = 0

    @property
    def position(self) -> Position | None:
        """Give where the topic stands, if the server has answered yet."""
        return self._socket.positions.get(self.topic)

    @property
    def state(self) -> State:
        """Tell how the topic stands."""
        return self._socket.state(self.topic)

    async def next(self, timeout: float = 5.0) -> Frame:
        """
        Wait for the next event.

        :raises Refused: if the server has shut the door
        :raises Ended: if the client has stopped for good
        :raises TimeoutError: if nothing came in ``timeout`` seconds
        """
        await self._socket.until(lambda: self._read < len(self.applied) or self._is_over, timeout)
        if self._read == len(self.applied):
            self.raise_if_over()
        self._read += 1
        return self.applied[self._read - 1]

    def leave(self) -> None:
        """Follow the topic no longer."""
        self._socket.leave(self.topic)

    def raise_if_over(self) -> None:
        """
        Say so when no more events will come.

        :raises Refused: if the server has shut the door
        :raises Ended: if the client has stopped for good
        """
        if self.state is State.REFUSED:
            raise Refused(self.topic, self.code)
        if self.state is State.ENDED:
            raise Ended(self.code)

    @property
    def _is_over(self) -> bool:
        return self.state in (State.REFUSED, State.ENDED)
