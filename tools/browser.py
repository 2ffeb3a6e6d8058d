"""Make sure that this machine has a Chromium for the tests of the web face."""

from __future__ import annotations

import sys

from tools.packages import CANNOT, Program, Unavailable, provide, say

CHROMIUM = Program(
    ["chromium", "chromium-browser", "google-chrome"], ["chromium", "fonts-dejavu-core"]
)


def main() -> int:
    """Print where Chromium is, installing it first when that is possible."""
    try:
        [found] = provide(CHROMIUM)
    except Unavailable as error:
        say(f"{error}\nNot run: the tests in a browser.")
        return CANNOT
    print(found)
    return 0


if __name__ == "__main__":
    sys.exit(main())
