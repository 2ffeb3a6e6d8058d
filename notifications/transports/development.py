"""Letters that stay in the house, for developing and for the demo."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from uuid import uuid4

from notifications.transports.base import Address, Letter, Outcome


class DevelopmentTransport:
    """Hand every letter to a sink, whatever its address; what the sink raises is raised."""

    name = "development"

    def __init__(self, sink: Callable[[Address, Letter], None]) -> None:
        self._sink = sink

    def send(self, batch: Sequence[tuple[Address, Letter]]) -> list[Outcome]:
        """Hand over a batch; every letter of it is taken."""
        outcomes = []
        for address, letter in batch:
            self._sink(address, letter)
            outcomes.append(Outcome.taken(f"development/{uuid4()}"))
        return outcomes
