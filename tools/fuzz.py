"""
Ask the village what nobody thought of, for as long as is said; each time something else.

Three quarters of the time go to the API, asked as three roles by its own document. The rest goes
to the stories that draw themselves: mandates, and clients over a bad line.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Mapping, Sequence

from tools.leash import follow, stop_on_signals
from tools.packages import say

PYTEST = [sys.executable, "-m", "pytest", "-q", "-p", "no:randomly"]
STORIES = [
    "tests/assist/test_machine.py",
    "tests/realtime/test_client_rules.py",
    "tests/realtime/test_village_js.py",
]
# Drawn stories alone; not those tests that show that the stories would find something.
DRAWN = ["-k", "WhateverHappens and not found_out"]
FOR_THE_API = 0.75
IN_A_ROUND = "30"


def main(arguments: Sequence[str]) -> int:
    """Return 0 when nothing was found."""
    stop_on_signals()
    seconds, more = float(arguments[0]), arguments[1:]
    until = time.monotonic() + seconds
    say(f"The API, for {seconds * FOR_THE_API:.0f} s")
    status = _pytest(["tests/contract", *more], {"FUZZ_SECONDS": str(seconds * FOR_THE_API)})
    tellers = 0
    while status == 0 and (tellers == 0 or time.monotonic() < until):
        tellers += 1
        say(f"Stories, round {tellers}")
        status = _pytest([*STORIES, *DRAWN, *more], {"FUZZ_EXAMPLES": IN_A_ROUND})
    return status


def _pytest(arguments: Sequence[str], variables: Mapping[str, str]) -> int:
    return follow([*PYTEST, *arguments], {**os.environ, **variables})


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
