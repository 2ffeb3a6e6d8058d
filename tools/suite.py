"""
Run the tests twice: on SQLite as one command, and on PostgreSQL and Redis as many.

Both runs go on beside each other, because each leaves a part of the time unused. They run real
servers against the clock, on whatever machine there is: a few that fail are tried once more by
themselves, when it is quiet, and said to be; what fails twice has failed.
"""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from tools.leash import beside, follow, shell_status, stop_on_signals
from tools.packages import CANNOT, Unavailable, say
from tools.servers import Broken
from tools.services import services

GROUND = {"DATABASE_URL", "REDIS_URL"}
ONCE_MORE = ["--last-failed", "--last-failed-no-failures=none", "--maxfail=10"]


@dataclass(frozen=True)
class Run:
    """Hold one of the two runs: what it is called, what it is given, and what stores it uses."""

    name: str
    arguments: Sequence[str]
    stores: Mapping[str, str]

    @property
    def command(self) -> list[str]:
        """Give the command; each run remembers for itself what failed."""
        memory = f"cache_dir=.pytest_cache/{self.name.split()[0].lower()}"
        return [sys.executable, "-m", "pytest", "-o", memory, *self.arguments]

    @property
    def environment(self) -> dict[str, str]:
        """Give the environment, without any store of the person who calls us."""
        clean = {name: value for name, value in os.environ.items() if name not in GROUND}
        return {**clean, **self.stores}

    def alone(self) -> int:
        """Run to the end, for everybody to see."""
        say(f"\nTests on {self.name}")
        return follow(self.command, self.environment)

    def once_more(self, status: int) -> int:
        """Try what failed once more; anything else than failed tests stays as it is."""
        if status != 1:
            return status
        say(f"\nSome tests failed on {self.name}, see above. They are tried once more:")
        return follow([*self.command, *ONCE_MORE], self.environment)


def main(arguments: Sequence[str]) -> int:
    """Return 0 when both runs passed; what pytest says last is the last word."""
    stop_on_signals()
    on_sqlite = Run("SQLite", arguments, {})
    try:
        with services() as running:
            # The browser sees a village of its own, and what is tested once asks no store.
            scaled_out = ["-m", "not browser and not once", *arguments]
            return _both(on_sqlite, Run("PostgreSQL and Redis", scaled_out, running.environment()))
    except Unavailable as error:
        say(str(error))
        if os.environ.get("CI"):
            say("CI is set, where half of the tests is not enough: nothing is run.")
            return CANNOT
        say("SKIPPED: the run on PostgreSQL and Redis. Only SQLite is tested.")
        return on_sqlite.once_more(on_sqlite.alone())
    except Broken as error:
        say(str(error))
        return 1


def _both(first: Run, second: Run) -> int:
    with (
        tempfile.TemporaryFile() as said,
        beside(second.command, second.environment, said) as meanwhile,
    ):
        of_first = first.alone()
        say(f"\nTests on {second.name}, which began at the same time")
        of_second = shell_status(meanwhile.wait())
        said.seek(0)
        shutil.copyfileobj(said, sys.stdout.buffer)
        sys.stdout.buffer.flush()
    of_second = second.once_more(of_second)
    was = of_first
    of_first = first.once_more(of_first)
    # What is red must not stand above something green as its last word.
    if of_second and was:
        say(f"\nThe tests on {second.name} failed too, see above.")
    if of_first > 1:
        say(f"\nThe tests on {first.name} did not come to their end, see above.")
    return of_first or of_second


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
