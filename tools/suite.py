"""
Run the tests twice: on SQLite as one command, and on PostgreSQL and Redis as many.

They run real servers against the clock, on whatever machine there is. A few that fail are tried
once more by themselves, and said to be; what fails twice has failed.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping, Sequence

from tools.leash import follow, stop_on_signals
from tools.packages import CANNOT, Unavailable, say
from tools.servers import Broken
from tools.services import services

PYTEST = [sys.executable, "-m", "pytest"]
GROUND = {"DATABASE_URL", "REDIS_URL"}
ONCE_MORE = ["--last-failed", "--last-failed-no-failures=none", "--maxfail=10"]
COMPLETE = {0, 1}  # pytest went through all tests, and all passed or some did not


def main(arguments: Sequence[str]) -> int:
    """Return 0 when both runs passed; what pytest says about the second is the last word."""
    stop_on_signals()
    try:
        with services() as running:
            return _run_both(arguments, running.environment())
    except Unavailable as error:
        say(str(error))
        if os.environ.get("CI"):
            say("CI is set, where half of the tests is not enough: nothing is run.")
            return CANNOT
        say("SKIPPED: the run on PostgreSQL and Redis. Only SQLite is tested.")
        return _pytest(arguments, "SQLite", {})
    except Broken as error:
        say(str(error))
        return 1


def _run_both(arguments: Sequence[str], scaled_out: Mapping[str, str]) -> int:
    on_sqlite = _pytest(arguments, "SQLite", {})
    if on_sqlite not in COMPLETE:
        return on_sqlite
    on_postgres = _pytest(
        # So that a red first run is not overlooked above a green second one. The browser has
        # seen the pages by then: it visits a village of its own, the same in both runs.
        ["-p", "tools.earlier_run", "-m", "not browser", *arguments],
        "PostgreSQL and Redis",
        {**scaled_out, "EARLIER_RUN_STATUS": str(on_sqlite)},
    )
    return on_sqlite or on_postgres


def _pytest(arguments: Sequence[str], ground: str, variables: Mapping[str, str]) -> int:
    say(f"\nTests on {ground}")
    clean = {name: value for name, value in os.environ.items() if name not in GROUND}
    environment = {**clean, **variables}
    status = follow([*PYTEST, *arguments], environment)
    if status == 1:
        say(f"\nSome tests failed on {ground}, see above. They are tried once more:")
        status = follow([*PYTEST, *ONCE_MORE, *arguments], environment)
    return status


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
