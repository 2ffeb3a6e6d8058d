"""One process that serves a village: daphne and, in the embedded form, the jobs beside it."""

from __future__ import annotations

import asyncio
import fcntl
import os
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from pathlib import Path
from typing import Any

from celery.beat import EmbeddedService, Scheduler
from celery.worker import state as worker_state
from django.conf import settings
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _
from twisted.internet import reactor as twisted_reactor
from twisted.internet.endpoints import quoteStringArgument

from village.celery import app as celery_app
from village.management.door import Door
from village.realtime.hub import hub
from village.realtime.protocol import FRAME_MAX
from village.realtime.registry import registry
from village.web import health

# Neither says what it takes or gives.
app: Any = celery_app
reactor: Any = twisted_reactor

# Everybody who lost a server comes back within seconds; the system's 128 would turn them away.
BACKLOG = 4096
ANSWER_WITHIN = 60
# What a stop waits for at most, in seconds: open answers, then jobs. Both together stay below
# the five seconds in which a stop is promised.
ANSWERS_END_WITHIN = 2.0
GONE_WITHIN = 4.5
# An emergency has no hand of its own here: while three long jobs run at once, it waits for one.
JOBS_AT_ONCE = 3


class CannotServe(Exception):
    """The village cannot be served from here now; the words say why."""


@contextmanager
def only_here(folder: Path, address: str) -> Iterator[None]:
    """
    Hold a village's folder: the embedded form is one process, whose nerves and jobs are its own.

    :raises CannotServe: if another process serves it
    """
    # Opened to append, so that a second process does not wipe out what the first one wrote.
    with (folder / "serving").open("a+") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.seek(0)
            raise CannotServe(
                _("This village is already being served: {where}.").format(
                    where=lock.read().strip() or folder
                )
            ) from None
        lock.truncate(0)
        lock.write(_("{address}, by process {pid}").format(address=address, pid=os.getpid()))
        lock.flush()
        yield


class Jobs:
    """Run a Celery worker and its clock as threads of this process."""

    def __init__(self) -> None:
        self.worker = app.WorkController(
            pool="threads",
            concurrency=JOBS_AT_ONCE,
            without_gossip=True,
            without_mingle=True,
            without_heartbeat=True,
        )
        # What is due stands in the tables, so the clock needs no memory of its own.
        self.clock: Any = EmbeddedService(  # type: ignore[no-untyped-call]
            app, thread=True, scheduler_cls=Scheduler
        )
        self.hands = threading.Thread(target=self.worker.start, name="worker", daemon=True)

    def start(self) -> None:
        """Begin, first of all with what became due while nobody was here."""
        self.hands.start()
        self.clock.start()
        for entry in settings.CELERY_BEAT_SCHEDULE.values():
            # What has its hour waits for it; what goes round and round begins now.
            if isinstance(entry["schedule"], timedelta):
                app.send_task(entry["task"], queue=entry.get("options", {}).get("queue"))

    def run(self) -> bool:
        """Tell whether both threads are alive."""
        return self.hands.is_alive() and self.clock.is_alive()

    def stop(self) -> None:
        """Ask both to end after what they are doing now."""
        worker_state.should_stop = 0  # type: ignore[assignment]
        self.clock.service.stop()

    def wait(self) -> None:
        """Wait until the jobs in hand are done; the clock has nothing to finish."""
        while self.hands.is_alive():
            # The worker looks up after each message, and otherwise every other second.
            app.control.broadcast("ping")
            self.hands.join(0.1)


class Serving:
    """Serve until somebody asks to stop, then let everything end in order."""

    def __init__(self, host: str, port: int, say: Any) -> None:
        interface = quoteStringArgument(host)  # type: ignore[no-untyped-call]
        self.where, self.say = f"{host}:{port}", say
        self.jobs = Jobs() if settings.EMBEDDED else None
        self.door = Door(  # type: ignore[no-untyped-call]
            application=import_string(settings.ASGI_APPLICATION),
            endpoints=[f"tcp:{port}:interface={interface}:backlog={BACKLOG}"],
            signal_handlers=False,
            action_logger=None,
            http_timeout=ANSWER_WITHIN,
            websocket_connect_timeout=ANSWER_WITHIN,
            websocket_handshake_timeout=ANSWER_WITHIN,
            # Somewhat more than the protocol takes, which says so in its own words.
            websocket_max_message_size=4 * FRAME_MAX,
            websocket_max_frame_size=4 * FRAME_MAX,
            ping_interval=20,
            ping_timeout=30,
            verbosity=0,
            ready_callable=self._begin,
            server_name="",
        )
        self.is_ending = False

    def run(self) -> None:
        """
        Serve.

        :raises CannotServe: if the port is taken or may not be used
        """
        self.door.run()  # type: ignore[no-untyped-call]
        if self.door.refusal is not None:
            reason = self.door.refusal.socketError
            raise CannotServe(
                _("Cannot listen on {where}: {reason}. Try another port: --port 8001").format(
                    where=self.where, reason=getattr(reason, "strerror", None) or reason
                )
            )
        if self.jobs is not None:
            self.jobs.wait()

    def _begin(self) -> None:
        self.door.open()
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, lambda *_: reactor.callFromThread(self._end))
        if self.jobs is not None:
            health.tell_of_jobs(self.jobs.run)
            self.jobs.start()
        self.say()

    def _end(self) -> None:
        """Take nobody in, send everybody on, and leave when the open answers are given."""
        if self.is_ending:
            return
        self.is_ending = True
        leave_within(GONE_WITHIN)
        for listener in self.door.listeners:
            listener.addCallback(lambda port: port.stopListening())
        registry.drain()
        if self.jobs is not None:
            self.jobs.stop()
        self._leave(reactor.seconds() + ANSWERS_END_WITHIN)

    def _leave(self, latest: float) -> None:
        if self.door.is_answering and reactor.seconds() < latest:
            reactor.callLater(0.02, self._leave, latest)
        else:
            ended = asyncio.ensure_future(hub.stop())
            ended.add_done_callback(lambda _: reactor.stop())


def leave_within(seconds: float) -> None:
    """
    End this process after some seconds, whatever still runs.

    A job that waits for somebody outside must not hold it; what it did not finish is leased
    and done by the next process.
    """
    timer = threading.Timer(seconds, _leave_now)
    timer.daemon = True
    timer.start()


def _leave_now() -> None:
    sys.stdout.flush()
    # Children are pictures in the middle of their work. In one breath with our own end: whoever
    # waits for one must not take its death for the picture's fault.
    for pid in _children():
        with suppress(OSError):
            os.kill(pid, signal.SIGKILL)
    os._exit(0)


def _children() -> list[int]:
    listed = Path("/proc/self/task").glob("*/children")
    return [int(pid) for children in listed for pid in children.read_text().split()]
