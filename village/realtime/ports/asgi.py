"""The port that every server understands: plain ASGI."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

from village.realtime.frames import Batch
from village.realtime.ports.base import Hear, Send


class AsgiPort:
    """
    Speak plain ASGI, which every server understands.

    A send is started by hand: where the server takes it at once, as daphne does, no task is
    made; where it must wait, one task carries it on and the port is busy until then.
    """

    __slots__ = ("_send", "_task", "closed", "touched")

    def __init__(self, send: Send) -> None:
        self._send = send
        self._task: asyncio.Task[None] | None = None
        self.closed = False
        self.touched: Callable[[], None] = _nobody_minds

    @property
    def ready(self) -> bool:
        """Tell whether the last send has been taken."""
        return self._task is None and not self.closed

    def write(self, batch: Batch) -> bool:
        """Send each frame's text."""
        if not self.ready:
            return False
        self._run([{"type": "websocket.send", "text": text} for text in batch.texts])
        return True

    def say(self, *texts: str) -> None:
        """Send texts, after whatever is still on its way."""
        self._run([{"type": "websocket.send", "text": text} for text in texts])

    def listen(self, hear: Hear) -> None:
        """Leave it to the application to receive."""

    def close(self, code: int) -> None:
        """Close once; a second call does nothing."""
        if not self.closed:
            self._run([{"type": "websocket.close", "code": int(code)}])
            self.closed = True

    def _run(self, messages: list[dict[str, Any]]) -> None:
        if self.closed:
            return
        if self._task is not None:
            self._task = asyncio.ensure_future(self._after(self._task, messages))
            return
        work = self._all(messages)
        try:
            waits_for = work.send(None)
        except StopIteration:
            return
        self._task = asyncio.ensure_future(_carry_on(work, waits_for))
        self._task.add_done_callback(self._done)

    async def _all(self, messages: list[dict[str, Any]]) -> None:
        try:
            for message in messages:
                await self._send(message)
        except (OSError, RuntimeError):
            # The client went away in the middle; its disconnect is on the way.
            self.closed = True

    async def _after(self, earlier: asyncio.Task[None], messages: list[dict[str, Any]]) -> None:
        await earlier
        await self._all(messages)

    def _done(self, task: asyncio.Task[None]) -> None:
        if self._task is task:
            self._task = None


def _nobody_minds() -> None:
    """Stand in for whoever wants to know."""


class _Resume:
    """Await what a coroutine, started by hand, has already yielded."""

    def __init__(self, work: Any, waits_for: Any) -> None:
        self.work, self.waits_for = work, waits_for

    def __await__(self) -> Any:
        waits_for = self.waits_for
        while True:
            try:
                value = yield waits_for
            except BaseException as error:  # noqa: BLE001 - handed on to the coroutine as it is
                step, argument = self.work.throw, error
            else:
                step, argument = self.work.send, value
            try:
                waits_for = step(argument)
            except StopIteration:
                return None


async def _carry_on(work: Any, waits_for: Any) -> None:
    await _Resume(work, waits_for)
