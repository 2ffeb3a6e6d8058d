"""
Saying good-bye before a server ends.

A server that is asked to stop waits for its open answers, and an event stream is an answer without
an end: uvicorn would wait for it until it is killed. So whoever holds the sockets hears of the
signal first. Daphne's door and our sockets on uvicorn say it once more, which does nothing.
"""

from __future__ import annotations

import asyncio
import signal
import threading
from collections.abc import Callable
from types import FrameType
from typing import Any


def before_the_end(leave: Callable[[], None]) -> None:
    """Have something done on this loop when the process is asked to end, if a server listens."""
    if threading.current_thread() is not threading.main_thread():
        return
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        then = signal.getsignal(number)
        # Without a server's own handler the process just ends.
        if callable(then) and then is not signal.default_int_handler:
            signal.signal(number, _leaving(leave, loop, then))


def _leaving(
    leave: Callable[[], None], loop: asyncio.AbstractEventLoop, then: Callable[..., Any]
) -> Callable[[int, FrameType | None], None]:
    def hear(number: int, frame: FrameType | None) -> None:
        if not loop.is_closed():
            loop.call_soon_threadsafe(leave)
        then(number, frame)

    return hear
