"""Both forms of a running village: one process on SQLite, or many on PostgreSQL and Redis."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from tests.support.server import VillageServer, free_port
from tools.cluster import Cluster


@dataclass(frozen=True)
class Village:
    """A running village: the address of each web process, and what tests ask of it."""

    urls: list[str]
    token: Callable[[str], str]
    log_text: Callable[[], str]
    command: Callable[..., str]


@contextmanager
def running_village(**environment: str) -> Iterator[Village]:
    """Run the village in the form that this run of the suite is about."""
    if os.environ.get("DATABASE_URL"):
        with Cluster(free_port(), free_port(), **environment) as cluster:
            urls = [cluster.url(0), cluster.url(1)]
            yield Village(urls, cluster.token, cluster.log_text, cluster.command)
    else:
        with VillageServer(**environment) as server:
            yield Village(
                [server.url],
                server.token,
                server.log_text,
                lambda *words: server.command(*words).stdout.strip(),
            )
