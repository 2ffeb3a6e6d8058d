"""Which numeric addresses belong to the public internet."""

from __future__ import annotations

import ipaddress

# IANA's IPv4 special-purpose registry (RFC 6890 and its updates), multicast and class E, written
# out because Python's ``is_global`` differs between patch releases. The last one looks public, but
# is where a large cloud answers its own machines.
_CLOSED_V4 = tuple(
    ipaddress.IPv4Network(network)
    for network in (
        "0.0.0.0/8",
        "10.0.0.0/8",
        "100.64.0.0/10",
        "127.0.0.0/8",
        "169.254.0.0/16",
        "172.16.0.0/12",
        "192.0.0.0/24",
        "192.0.2.0/24",
        "192.31.196.0/24",
        "192.52.193.0/24",
        "192.88.99.0/24",
        "192.168.0.0/16",
        "192.175.48.0/24",
        "198.18.0.0/15",
        "198.51.100.0/24",
        "203.0.113.0/24",
        "224.0.0.0/4",
        "240.0.0.0/4",
        "168.63.129.16/32",
    )
)

# Of IPv6 only global unicast is open. Loopback, mapped and compatible IPv4, NAT64 (64:ff9b::/96),
# unique local, link-local and multicast lie outside of it; Teredo, 6to4 and documentation inside.
_OPEN_V6 = ipaddress.IPv6Network("2000::/3")
_CLOSED_V6 = tuple(
    ipaddress.IPv6Network(network)
    for network in ("2001::/23", "2001:db8::/32", "2002::/16", "2620:4f:8000::/48", "3fff::/20")
)


def is_public(address: str) -> bool:
    """Tell whether a numeric address is one that everybody on the internet can reach."""
    try:
        ip = ipaddress.ip_address(address)
    except ValueError:
        return False
    if isinstance(ip, ipaddress.IPv4Address):
        return not any(ip in network for network in _CLOSED_V4)
    return ip in _OPEN_V6 and not any(ip in network for network in _CLOSED_V6)
