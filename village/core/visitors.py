"""Where a request comes from, as far as limits care."""

from __future__ import annotations

from allauth.core.internal.ratelimit import get_ip
from django.http import HttpRequest


def network_of(request: HttpRequest) -> str:
    """Give the address a request comes from; of IPv6 the network, which is one household's."""
    return str(get_ip(request))
