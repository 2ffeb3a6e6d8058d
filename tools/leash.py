"""Run a command that does not outlive us, even when we are killed."""

from __future__ import annotations

import ctypes
import os
import pwd
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from types import FrameType
from typing import IO

PR_SET_PDEATHSIG = 1  # linux/prctl.h
GRACE = 15.0  # seconds between asking a command to stop and killing it


class Stopped(SystemExit):
    """A signal asked this program to stop."""

    def __init__(self, number: signal.Signals) -> None:
        """Remember which signal it was; the exit status is the one a shell would report."""
        super().__init__(128 + number)
        self.number = number


def stop_on_signals() -> None:
    """Turn SIGINT, SIGTERM and SIGHUP into `Stopped`, each of them once."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _stop)


def leashed(
    command: Sequence[str], *, when_left: signal.Signals = signal.SIGKILL, user: str | None = None
) -> list[str]:
    """
    Wrap a command so that the kernel signals it when we are gone (on Linux).

    The leash is tied to the thread that starts the command: start it from one that stays. It runs
    in a fresh interpreter and not in a `preexec_fn`, which is not safe beside other threads.
    With `user`, given by root, the command runs as that user.
    """
    words = [sys.executable, "-I", "-S", __file__, str(os.getpid()), str(int(when_left))]
    return [*words, user or "", *command]


def follow(command: Sequence[str], environment: Mapping[str, str] | None = None) -> int:
    """
    Run a command on a leash to its end and return its exit status, as a shell would.

    :raises Stopped: if a signal came meanwhile (see `stop_on_signals`); the command has ended
    """
    with beside(command, environment) as process:
        return shell_status(process.wait())


@contextmanager
def beside(
    command: Sequence[str],
    environment: Mapping[str, str] | None = None,
    output: IO[bytes] | None = None,
) -> Iterator[subprocess.Popen[bytes]]:
    """
    Run a command on a leash beside what we do; with `output`, what it says goes there.

    It has ended when we go on: of itself, or with the signal or the error that ends us.
    """
    process = subprocess.Popen(
        leashed(command, when_left=signal.SIGTERM),
        env=environment,
        stdout=output,
        stderr=output and subprocess.STDOUT,
    )
    try:
        yield process
    except Stopped as stop:
        # Ctrl-C reached the command too; how long it takes to end is between it and the person.
        if not (stop.number == signal.SIGINT and _at_the_terminal()):
            process.send_signal(stop.number)
            end(process)
        raise
    except BaseException:
        process.terminate()
        end(process)
        raise
    finally:
        process.wait()


def shell_status(status: int) -> int:
    """Give an exit status as a shell does, for whom a signal is a number above 128."""
    return status if status >= 0 else 128 - status


def end(process: subprocess.Popen[bytes], grace: float = GRACE) -> None:
    """Wait `grace` seconds for a process that was asked to stop, then kill it."""
    try:
        process.wait(grace)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def _stop(number: int, frame: FrameType | None) -> None:
    # A second signal of the kind must not cut the cleaning up short.
    signal.signal(number, signal.SIG_IGN)
    raise Stopped(signal.Signals(number))


def _at_the_terminal() -> bool:
    try:
        return os.tcgetpgrp(sys.stdin.fileno()) == os.getpgrp()
    except (OSError, ValueError):
        return False


def _become(user: str) -> None:
    account = pwd.getpwnam(user)
    os.initgroups(user, account.pw_gid)
    os.setgid(account.pw_gid)
    os.setuid(account.pw_uid)


def main(words: Sequence[str]) -> None:
    """Put this process on the leash, then let the command take its place (see `leashed`)."""
    parent, when_left, user, *command = words
    if user:
        _become(user)
    # After the change of user, which would undo it (prctl(2)).
    if sys.platform == "linux" and ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, int(when_left)) != 0:
        sys.exit("The kernel does not offer PR_SET_PDEATHSIG.")
    if os.getppid() != int(parent):
        sys.exit("The program that started this one is gone.")
    try:
        os.execvp(command[0], command)
    except OSError as error:
        print(f"{command[0]}: {error.strerror}", file=sys.stderr)
        sys.exit(127)


if __name__ == "__main__":
    main(sys.argv[1:])
