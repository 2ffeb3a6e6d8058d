"""Where a socket comes from: one address, one household of IPv6, or nobody can say."""

from __future__ import annotations

from typing import Any

import pytest

from village.core.visitors import network_of_socket


def scope(host: str | None, *forwarded: str) -> dict[str, Any]:
    headers = [(b"X-Forwarded-For", each.encode()) for each in forwarded]
    return {"client": host and (host, 4711), "headers": headers}


@pytest.mark.parametrize(
    ("host", "network"),
    [
        ("198.51.100.7", "198.51.100.7"),
        ("::ffff:198.51.100.7", "198.51.100.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::"),
        ("2001:db8:1:2:ffff::1", "2001:db8:1:2::"),
        ("127.0.0.1", ""),
        ("::ffff:127.0.0.1", ""),
        ("::1", ""),
        ("testclient", ""),
        (None, ""),
    ],
)
def test_a_household_is_one_network_and_this_machine_is_none(
    host: str | None, network: str
) -> None:
    assert network_of_socket(scope(host)) == network


@pytest.mark.parametrize(
    ("proxies", "forwarded", "network"),
    [
        (0, ["203.0.113.9"], "198.51.100.1"),
        (1, ["203.0.113.9"], "203.0.113.9"),
        (1, ["192.0.2.66, 203.0.113.9"], "203.0.113.9"),
        (1, ["192.0.2.66", "203.0.113.9"], "203.0.113.9"),
        (2, ["192.0.2.66, 203.0.113.9, 198.51.100.2"], "203.0.113.9"),
        (2, ["203.0.113.9"], "198.51.100.1"),
        (1, [], "198.51.100.1"),
        (1, ["nonsense"], ""),
    ],
)
def test_behind_proxies_it_is_what_the_outermost_of_ours_saw(
    settings: Any, proxies: int, forwarded: list[str], network: str
) -> None:
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = proxies
    assert network_of_socket(scope("198.51.100.1", *forwarded)) == network
