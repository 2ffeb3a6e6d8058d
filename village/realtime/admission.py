"""How many sockets a process opens in a second, and to one network; when others come again."""

from __future__ import annotations

import math
from collections import Counter

# Nobody is sent away for longer; who comes back too early is told again.
WAIT_MAX = 60
# Seconds after which somebody comes again whose network has all its places taken.
FULL_WAIT = 30


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


class Places:
    """Count what is open to each network, signed in or not; 0 places set no bound."""

    def __init__(self, most: int) -> None:
        self.most = most
        self.taken: Counter[str] = Counter()

    def take(self, network: str) -> bool:
        """Hold a place until it is left; tell whether there was one. No network is not counted."""
        if not network:
            return True
        if self.most and self.taken[network] >= self.most:
            return False
        self.taken[network] += 1
        return True

    def leave(self, network: str) -> None:
        """Give a place back."""
        self.taken[network] -= 1
        if self.taken[network] <= 0:
            del self.taken[network]
