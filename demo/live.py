"""The clock of a demo that is watched: every few seconds somebody does something."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from random import Random

import structlog
from django.db import OperationalError, close_old_connections
from django.utils import timezone

from demo.acts import ACTS
from demo.ground import if_allowed

log = structlog.get_logger(__name__)
# Seconds between two acts: slow enough to follow with the eye.
PAUSE = (3.0, 10.0)


def live(
    *,
    say: Callable[[str], None],
    stop: threading.Event,
    seconds: float | None,
    random: Random,
    pause: tuple[float, float] = PAUSE,
) -> int:
    """Let somebody act now and then, until the time is up or somebody says stop; give how often."""
    latest = None if seconds is None else time.monotonic() + seconds
    acted = 0
    while not stop.is_set():
        left = None if latest is None else latest - time.monotonic()
        if left is not None and left <= 0:
            break
        if words := act(random):
            acted += 1
            say(words)
        wait = random.uniform(*pause)
        stop.wait(wait if left is None else min(wait, left))
    return acted


def act(random: Random) -> str | None:
    """Let somebody do what she can do now, and tell it; nobody may be able to do anything."""
    for each in random.sample(ACTS, k=len(ACTS)):
        try:
            with if_allowed():
                if words := each(random, timezone.now()):
                    return words
        except OperationalError as error:
            # The database is being restarted, or somebody holds it for long: next time, then.
            log.warning("nobody_could_act", error=type(error).__name__)
            close_old_connections()
            return None
    return None
