"""The throwaway PostgreSQL and Redis: real ones, and gone when we are."""

from __future__ import annotations

import fcntl
import os
import select
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
import redis

from tools import services as ground
from tools.packages import Unavailable
from tools.services import Services, services

pytestmark = [
    pytest.mark.once,
    pytest.mark.skipif(sys.platform != "linux", reason="reads /proc and pidfds"),
]

TOOL = [sys.executable, ground.__file__, "run", "--"]
REPORT = "import os; print(os.environ['DATABASE_URL'], os.environ['REDIS_URL'], flush=True)"
WAIT = "; import sys; sys.stdin.read()"
SOON = 20.0  # seconds a process may take to end


@pytest.fixture(scope="module")
def running() -> Iterator[Services]:
    try:
        with services() as both:
            yield both
    except Unavailable as error:
        if os.environ.get("CI"):
            raise
        pytest.skip(str(error))


@pytest.fixture
def tool(running: Services) -> Iterator[subprocess.Popen[str]]:
    """The tool beside a command that waits."""
    with subprocess.Popen(
        [*TOOL, sys.executable, "-c", REPORT + WAIT],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        start_new_session=True,
    ) as process:
        yield process
        process.kill()


def descendants(pid: int) -> set[int]:
    parents = {}
    for status in Path("/proc").glob("[0-9]*/stat"):
        try:
            words = status.read_text().rpartition(")")[2].split()
        except (FileNotFoundError, ProcessLookupError):
            continue
        parents[int(status.parent.name)] = int(words[1])
    found, grown = {pid}, set()
    while found != grown:
        grown = set(found)
        found |= {child for child, parent in parents.items() if parent in grown}
    return found - {pid}


def still_alive(pids: set[int]) -> set[int]:
    """Wait until each of the processes has ended, and return those that have not."""
    alive = set()
    for pid in pids:
        try:
            handle = os.pidfd_open(pid)
        except ProcessLookupError:
            continue
        try:
            if not select.select([handle], [], [], SOON)[0]:
                alive.add(pid)
        finally:
            os.close(handle)
    return alive


def started(tool: subprocess.Popen[str]) -> set[int]:
    assert tool.stdout
    tool.stdout.readline()
    family = descendants(tool.pid)
    assert len(family) >= 3, "PostgreSQL, Redis and the command"
    return family


class TestServices:
    def test_postgres_answers_in_the_letters_of_every_village(self, running: Services) -> None:
        with psycopg.connect(running.postgres.url) as connection:
            assert connection.execute("select lower('ÄÖÜ')").fetchone() == ("äöü",)

    def test_redis_answers(self, running: Services) -> None:
        with redis.from_url(running.redis.url) as connection:
            assert connection.ping()

    def test_turns_away_whoever_does_not_know_the_secret(self, running: Services) -> None:
        with pytest.raises(psycopg.OperationalError, match="password"):
            psycopg.connect(running.postgres.url.replace(running.postgres.secret, "guess"))
        with (
            redis.from_url(running.redis.url.replace(running.redis.secret, "guess")) as stranger,
            pytest.raises(redis.AuthenticationError),
        ):
            stranger.ping()

    def test_keeps_what_was_committed_when_a_server_falls_over(self, running: Services) -> None:
        with psycopg.connect(running.postgres.url) as connection:
            connection.execute("create table bench (name text)")
            connection.execute("insert into bench values ('under the lime tree')")

        running.postgres.stop()
        running.postgres.start()

        with psycopg.connect(running.postgres.url) as connection:
            assert connection.execute("select count(*) from bench").fetchone() == (1,)

    def test_brings_redis_back_at_the_same_address(self, running: Services) -> None:
        running.redis.stop()
        with (
            redis.from_url(running.redis.url) as connection,
            pytest.raises(redis.ConnectionError),
        ):
            connection.ping()

        running.redis.start()

        with redis.from_url(running.redis.url) as connection:
            assert connection.ping()


class TestRun:
    @pytest.mark.usefixtures("running")
    def test_hands_over_the_addresses_and_hands_back_the_status(self) -> None:
        done = subprocess.run(
            [*TOOL, sys.executable, "-c", REPORT + "; raise SystemExit(7)"],
            capture_output=True,
            text=True,
            check=False,
        )

        assert done.returncode == 7
        database, cache = done.stdout.split()
        assert database.startswith("postgres://village:")
        assert cache.startswith("redis://:")

    @pytest.mark.usefixtures("running")
    def test_says_when_there_is_no_such_command(self) -> None:
        done = subprocess.run([*TOOL, "no-such-command"], capture_output=True, check=False)

        assert done.returncode == 127
        assert b"no-such-command: No such file" in done.stderr

    @pytest.mark.usefixtures("running")
    def test_says_what_is_missing_and_does_not_run(self, tmp_path: Path) -> None:
        done = subprocess.run(
            [*TOOL, sys.executable, "-c", REPORT],
            env={"PATH": str(tmp_path)},
            capture_output=True,
            text=True,
            check=False,
        )

        assert done.returncode == 69
        assert "Missing on this machine: redis-server" in done.stderr.replace("postgres and ", "")
        assert "Not run:" in done.stderr
        assert not done.stdout

    def test_leaves_no_process_when_the_command_ends(self, tool: subprocess.Popen[str]) -> None:
        family = started(tool)

        tool.communicate("")

        assert tool.returncode == 0
        assert not still_alive(family)

    @pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
    def test_leaves_no_process_when_asked_to_stop(
        self, tool: subprocess.Popen[str], number: signal.Signals
    ) -> None:
        family = started(tool)

        tool.send_signal(number)

        assert tool.wait(SOON) == 128 + number
        assert not still_alive(family)

    def test_leaves_no_process_when_killed(self, tool: subprocess.Popen[str]) -> None:
        family = started(tool)

        tool.kill()

        assert not still_alive(family)


class TestSweep:
    def test_removes_only_what_nobody_holds(self, tmp_path: Path) -> None:
        left, held, fresh, foreign = (
            tmp_path / name
            for name in (
                f"{ground.PREFIX}left",
                f"{ground.PREFIX}held",
                f"{ground.PREFIX}fresh",
                "foreign",
            )
        )
        for folder in (left, held, fresh, foreign):
            folder.mkdir()
        for folder in (left, held, foreign):
            os.utime(folder, (0, 0))
        holder = os.open(held, os.O_RDONLY)
        fcntl.flock(holder, fcntl.LOCK_EX)

        ground.sweep(tmp_path)

        os.close(holder)
        assert set(tmp_path.iterdir()) == {held, fresh, foreign}
