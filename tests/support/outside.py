"""An internet for tests: names from a table, hostile addresses, and one server behind them all."""

from __future__ import annotations

import socket
from collections.abc import Sequence

from tests.support.loopback import Loopback, answer
from village.core.outbound import Fetched, Limits, Network, fetch

PUBLIC = "93.184.215.14"
PUBLIC_V6 = "2606:2800:21f:cb07:6820:80da:af6b:8b2c"
QUICK = Limits(seconds=5, body_bytes=1024 * 1024)
NOBODY: frozenset[str] = frozenset()

# What the names in these tests lead to; no name is ever looked up for real.
NAMES: dict[str, list[str]] = {
    "news.example.org": [PUBLIC],
    "other.example.org": [PUBLIC],
    "both.example.org": [PUBLIC_V6, PUBLIC],
    "localhost": ["127.0.0.1"],
    "localhost.": ["127.0.0.1"],
    "ip6-localhost": ["::1"],
    "127.0.0.1.": ["127.0.0.1"],
    "127.0.0.1.nip.example": ["127.0.0.1"],
    "printer.lan": ["192.168.1.20"],
    "redis": ["172.18.0.3"],
    "metadata.google.internal": ["169.254.169.254"],
    "half.example.org": [PUBLIC, "10.0.0.7"],
    "other-half.example.org": ["::1", PUBLIC],
    "mapped.example.org": ["::ffff:127.0.0.1"],
    "nat64.example.org": ["64:ff9b::7f00:1"],
    "xn--bcher-kva.example": ["10.1.2.3"],
}

HOSTILE = [
    # IPv4 loopback, in every spelling that a C library reads
    "http://127.0.0.1/",
    "http://127.0.0.1:80/",
    "https://127.0.0.1/",
    "http://127.255.255.254/",
    "http://127.1/",
    "http://127.0.1/",
    "http://2130706433/",
    "http://0x7f000001/",
    "http://0x7F.0.0.1/",
    "http://0x7f.1/",
    "http://0177.0.0.1/",
    "http://017700000001/",
    "http://0177.1/",
    "http://00000177.0.0.1/",
    "http://127.0.0.1./",
    "http://127。0。0。1/",
    "http://①②⑦.⓪.⓪.①/",
    "http://0/",
    "http://0.0.0.0/",
    "http://0x0/",
    # IPv6 loopback, and IPv4 inside of IPv6
    "http://[::]/",
    "http://[::1]/",
    "https://[::1]:443/",
    "http://[0:0:0:0:0:0:0:1]/",
    "http://[::127.0.0.1]/",
    "http://[::ffff:127.0.0.1]/",
    "http://[::ffff:7f00:1]/",
    "http://[0:0:0:0:0:ffff:127.0.0.1]/",
    "http://[::ffff:0:127.0.0.1]/",
    "http://[64:ff9b::127.0.0.1]/",
    "http://[64:ff9b::7f00:1]/",
    "http://[64:ff9b:1::a00:1]/",
    "http://[2002:7f00:1::]/",
    "http://[2002:c0a8:101::1]/",
    "http://[2001:0:7f00:1::]/",
    # private, local, shared, documentation, multicast, reserved
    "http://10.0.0.1/",
    "http://10.255.255.255/",
    "http://172.16.0.1/",
    "http://172.31.255.254/",
    "http://192.168.1.1/",
    "http://100.64.0.1/",
    "http://169.254.1.1/",
    "http://192.0.2.1/",
    "http://198.18.0.1/",
    "http://198.51.100.7/",
    "http://203.0.113.9/",
    "http://192.88.99.1/",
    "http://224.0.0.1/",
    "http://239.255.255.250/",
    "http://240.0.0.1/",
    "http://255.255.255.255/",
    "http://[fe80::1]/",
    "http://[fe80::1%25eth0]/",
    "http://[fe80::1%eth0]/",
    "http://[fec0::1]/",
    "http://[fc00::1]/",
    "http://[ff02::1]/",
    "http://[100::1]/",
    "http://[2001:db8::1]/",
    "http://[3fff::1]/",
    # where clouds tell their machines their secrets
    "http://169.254.169.254/latest/meta-data/",
    "http://2852039166/",
    "http://0xA9FEA9FE/",
    "http://169.254.170.2/",
    "http://100.100.100.200/",
    "http://168.63.129.16/",
    "http://192.0.0.192/",
    "http://[fd00:ec2::254]/",
    "http://[::ffff:169.254.169.254]/",
    "http://metadata.google.internal/",
    # names that lead inside, some of them only in part
    "http://localhost/",
    "http://LOCALHOST/",
    "http://LocalHost./",
    "http://localhost。/",
    "http://ip6-localhost/",
    "http://127.0.0.1.nip.example/",
    "http://printer.lan/",
    "http://redis/",
    "http://half.example.org/",
    "http://other-half.example.org/",
    "http://mapped.example.org/",
    "http://nat64.example.org/",
    "http://bücher.example/",
    # names and passwords, and what looks like them
    "http://edda:geheim@news.example.org/",
    "http://edda@news.example.org/",
    "http://:@news.example.org/",
    "http://news.example.org@127.0.0.1/",
    "http://127.0.0.1:80@news.example.org/",
    "http://127.0.0.1#@news.example.org/",
    "http://127.0.0.1?@news.example.org/",
    "http://127.0.0.1\\@news.example.org/",
    "http://@127.0.0.1/",
    # ports of other services
    "http://news.example.org:22/",
    "http://news.example.org:25/",
    "http://news.example.org:6379/",
    "http://news.example.org:8000/",
    "https://news.example.org:8443/",
    "http://news.example.org:0/",
    "http://news.example.org:65536/",
    "http://news.example.org:-80/",
    # other schemes, or none
    "file:///etc/passwd",
    "ftp://news.example.org/",
    "gopher://127.0.0.1:6379/_FLUSHALL",
    "dict://127.0.0.1:11211/stats",
    "data:text/xml,<rss/>",
    "javascript:alert(1)",
    "feed://news.example.org/",
    "//news.example.org/feed",
    "news.example.org/feed",
    "http:news.example.org",
    "",
    "http://",
    "http:///feed",
    # no URLs at all
    "http://news.example.org\r\nHost: 127.0.0.1\r\n/",
    "http://exa mple.org/",
    "http://[::1/",
    "http://[127.0.0.1]/",
    "http://news.example.org%00.example/",
    "http://news.example.org%2f@127.0.0.1/",
    "http://\x00/",
    "http://.example.org/",
    "http://news..example.org/",
    "http://" + "a" * 64 + ".example/",
    "http://" + "a." * 127 + "example/",
    "http://news.example.org/" + "a" * 2000,
]


def resolved(host: str, port: int) -> Sequence[str]:
    """Read numbers as the C library does, and names from the table: nothing leaves the machine."""
    if host in NAMES:
        return NAMES[host]
    found = socket.getaddrinfo(host, port, flags=socket.AI_NUMERICHOST, type=socket.SOCK_STREAM)
    return [str(sockaddr[0]) for *_, sockaddr in found]


def leading_to(server: Loopback) -> Network:
    """Pretend that this server is the whole internet."""
    return Network(resolve=resolved, dial=server.connect)


def get(
    url: str,
    network: Network,
    *,
    limits: Limits = QUICK,
    allowed: frozenset[str] = NOBODY,
    headers: dict[str, str] | None = None,
) -> Fetched:
    return fetch(url, headers=headers or {}, limits=limits, allowed=allowed, network=network)


def redirect(target: str, status: str = "302 Found") -> bytes:
    return answer(status=status, location=target)
