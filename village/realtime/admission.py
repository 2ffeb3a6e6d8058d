"""How many sockets a process opens in a second, and when the others should come again."""

from __future__ import annotations

import math

# Nobody is sent away for longer; who comes back too early is told again.
WAIT_MAX = 60


class Admission:
    """
    Let in as many as a rate allows and spread the others over the seconds that follow.

    Keeps two moments and no list (the generic cell rate algorithm, ITU-T I.371): when all that was
    let in would have fitted the rate, and up to when the room after that has been promised.
    """

    def __init__(self, per_second: int) -> None:
        self.per_second = per_second
        self._used_until = 0.0
        self._promised_until = 0.0

    def wait(self, now: float) -> int:
        """Give 0 and let one in, or the whole seconds after which to come again."""
        used_until = max(now, self._used_until)
        # A second's worth may come at once; half a place is for what moments lose in rounding.
        if used_until - now < 1 - 0.5 / self.per_second:
            self._used_until = used_until + 1 / self.per_second
            return 0
        self._promised_until = max(self._promised_until, used_until) + 1 / self.per_second
        return min(math.ceil(self._promised_until - now), WAIT_MAX)
