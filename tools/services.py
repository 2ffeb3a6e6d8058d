"""
Bring up a throwaway PostgreSQL and Redis on free ports of this machine.

As a program, `python tools/services.py run -- command` sets DATABASE_URL and REDIS_URL for it.
"""

from __future__ import annotations

import argparse
import fcntl
import os
import pwd
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

# So that it also starts as a file, from any folder.
sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from tools.leash import follow, stop_on_signals
from tools.packages import CANNOT, Program, Unavailable, provide, say
from tools.servers import Broken, Postgres, Redis

POSTGRES = Program(["postgres"], ["postgresql"])
REDIS = Program(["redis-server", "valkey-server"], ["redis-server"])
PREFIX = "village-services-"
FRESH = 60.0  # seconds in which a folder without a lock may still be about to be locked


@dataclass(frozen=True)
class Services:
    """A running PostgreSQL and a running Redis."""

    postgres: Postgres
    redis: Redis

    def environment(self) -> dict[str, str]:
        """Return the variables that point the village at these services."""
        return {"DATABASE_URL": self.postgres.url, "REDIS_URL": self.redis.url}


@contextmanager
def services(*, durable: bool = False) -> Iterator[Services]:
    """
    Bring up PostgreSQL and Redis, and leave no process and no file behind.

    Enter it in a thread that stays (see `leashed`). With `durable`, PostgreSQL waits for the disk
    as it does in production.

    :raises Unavailable: if a program is missing and cannot be installed
    :raises Broken: if a server does not come up
    """
    postgres_program, redis_program = provide(POSTGRES, REDIS)
    user = _unprivileged_user()
    with ExitStack() as stack:
        folder = stack.enter_context(_folder(user))
        postgres = Postgres(
            program=postgres_program.resolve(),  # initdb is beside the real one
            folder=_room(folder, "postgres", user),
            user=user,
            durable=durable,
        )
        stack.callback(postgres.stop)
        postgres.create()
        redis = Redis(program=redis_program, folder=_room(folder, "redis", user), user=user)
        stack.callback(redis.stop)
        redis.start()
        yield Services(postgres, redis)


def main(words: Sequence[str] | None = None) -> int:
    """Run a command beside the services and return its exit status."""
    parser = argparse.ArgumentParser(description=__doc__)
    verbs = parser.add_subparsers(dest="verb", required=True)
    run = verbs.add_parser("run", help="run a command with DATABASE_URL and REDIS_URL set")
    run.add_argument("--durable", action="store_true", help="let PostgreSQL wait for the disk")
    run.add_argument("command", nargs="+", help="the command and its words, after --")
    asked = parser.parse_args(words)

    stop_on_signals()
    try:
        with services(durable=asked.durable) as running:
            return follow(asked.command, {**os.environ, **running.environment()})
    except (Unavailable, Broken) as error:
        say(f"{error}\nNot run: {' '.join(asked.command)}")
        return CANNOT if isinstance(error, Unavailable) else 1


def _unprivileged_user() -> str | None:
    """Return whom the servers run as when we are root, which PostgreSQL refuses to be."""
    if os.geteuid() != 0:
        return None
    return "postgres" if "postgres" in {entry.pw_name for entry in pwd.getpwall()} else "nobody"


@contextmanager
def _folder(user: str | None) -> Iterator[Path]:
    """Make a folder that `user` can reach, and remove it in the end."""
    base = Path(tempfile.gettempdir())
    if user and not all(path.stat().st_mode & 0o001 for path in (base, *base.parents)):
        base = Path("/tmp")
    sweep(base)
    folder = Path(tempfile.mkdtemp(prefix=PREFIX, dir=base))
    folder.chmod(0o711)
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        os.close(descriptor)


def sweep(base: Path) -> None:
    """Remove the folders of runs that were killed: those that nobody holds a lock on."""
    for folder in base.glob(f"{PREFIX}*"):
        with suppress(OSError):
            state = folder.stat()
            if state.st_uid != os.geteuid() or time.time() - state.st_mtime < FRESH:
                continue
            descriptor = os.open(folder, os.O_RDONLY)
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
                shutil.rmtree(folder, ignore_errors=True)
            finally:
                os.close(descriptor)


def _room(folder: Path, name: str, user: str | None) -> Path:
    room = folder / name
    room.mkdir(mode=0o700)
    if user:
        shutil.chown(room, user)
    return room


if __name__ == "__main__":
    sys.exit(main())
