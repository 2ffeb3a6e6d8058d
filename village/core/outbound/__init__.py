"""The one guarded way out: ask an address that somebody else gave us."""

from __future__ import annotations

from village.core.outbound.addresses import is_public
from village.core.outbound.errors import (
    OutboundError,
    OutboundFailed,
    OutboundRefused,
    OutboundTimeout,
    OutboundTooLarge,
)
from village.core.outbound.exchange import Fetched, Hop, Limits, fetch, post
from village.core.outbound.foresight import refuse_what_is_never_asked
from village.core.outbound.gate import INTERNET, Deadline, Gate, Network
from village.core.outbound.waiting import seconds_to_wait

__all__ = [
    "INTERNET",
    "Deadline",
    "Fetched",
    "Gate",
    "Hop",
    "Limits",
    "Network",
    "OutboundError",
    "OutboundFailed",
    "OutboundRefused",
    "OutboundTimeout",
    "OutboundTooLarge",
    "fetch",
    "is_public",
    "post",
    "refuse_what_is_never_asked",
    "seconds_to_wait",
]
