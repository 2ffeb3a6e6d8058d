"""Where a request comes from, as far as limits care."""

from __future__ import annotations

from collections.abc import Mapping
from ipaddress import IPv6Address, IPv6Network, ip_address
from typing import Any

from allauth.core.internal.ratelimit import get_ip
from django.conf import settings
from django.http import HttpRequest

# What one household is given of IPv6 (RFC 6177).
IPV6_PREFIX = 64


def network_of(request: HttpRequest) -> str:
    """Give the address a request comes from; of IPv6 the network, which is one household's."""
    return str(get_ip(request))


def network_of_socket(scope: Mapping[str, Any]) -> str:
    """
    Give the same for a socket, from what its server says of it (ASGI 3.0).

    Nothing for this machine itself, and where a server does not know: such is a proxy that the
    settings do not name, and everybody would come from it.
    """
    client = scope.get("client")
    host = str(client[0]) if client else ""
    if count := settings.ALLAUTH_TRUSTED_PROXY_COUNT:
        named = [value for name, value in scope["headers"] if name.lower() == b"x-forwarded-for"]
        hops = b",".join(named).decode("latin-1").split(",")
        host = hops[-count].strip() if named and len(hops) >= count else host
    try:
        address = ip_address(host)
    except ValueError:
        return ""
    if isinstance(address, IPv6Address):
        if address.ipv4_mapped is None:
            if address.is_loopback:
                return ""
            return str(IPv6Network((int(address), IPV6_PREFIX), strict=False).network_address)
        address = address.ipv4_mapped
    return "" if address.is_loopback else str(address)
