"""The stream by which every process learns whose access changed; no client follows it."""

from __future__ import annotations

from village.core.actor import Actor
from village.journal.topics import Topic


def nobody(by: Actor) -> bool:
    """Admit nobody: the hubs read it for themselves."""
    return False


# Its cargo is a model with a ``resident``: whoever's sockets must be looked at again.
access = Topic("access", admits=nobody, scope=None)
