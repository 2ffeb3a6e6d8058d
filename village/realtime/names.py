"""The two names of a resident's own stream: residents/me on the wire, her id in the log."""

from __future__ import annotations

import re

from village.core.actor import Actor

ME = "residents/me"
_OWN = re.compile(r"residents/[0-9a-f-]{36}")


def shown_as(address: str) -> str:
    """Give the name under which clients follow a stream."""
    return ME if _OWN.fullmatch(address) else address


def address_of(topic: str, by: Actor) -> str:
    """Give the stream that a client of this actor means."""
    return f"residents/{by.principal_id}" if topic == ME else topic
