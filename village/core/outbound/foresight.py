"""Whether an address would ever be asked, as far as that can be told without a network."""

from __future__ import annotations

import ipaddress
from collections.abc import Sequence
from typing import NoReturn

from village.core.outbound.errors import OutboundFailed
from village.core.outbound.exchange import Limits, fetch
from village.core.outbound.gate import Network


def refuse_what_is_never_asked(url: str, *, allowed: frozenset[str]) -> None:
    """
    Put an address through the guard as far as that goes without a network.

    What a name leads to is looked up, and checked, at each request.

    :raises OutboundRefused: if it is not on the public web
    """
    try:
        fetch(
            url,
            headers={},
            limits=Limits(),
            allowed=allowed,
            network=Network(resolve=_only_numbers, dial=_nowhere),
        )
    except OutboundFailed:
        # As far as the dialling: it would have been asked.
        return


def _only_numbers(host: str, port: int) -> Sequence[str]:
    try:
        return [str(ipaddress.ip_address(host.strip("[]")))]
    except ValueError:
        raise OSError("names are not looked up here") from None


def _nowhere(address: str, port: int, seconds: float) -> NoReturn:
    raise OSError("nothing is asked here")
