"""What the hub asks the database: in a few threads, for many sockets at once."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import ParamSpec, TypeVar

from django.contrib.auth import get_user_model
from django.db import connections

from village.core import delegation, walls
from village.core.actor import Actor
from village.journal import queries
from village.journal.models import Stream
from village.journal.queries import NOWHERE, Top
from village.journal.topics import Followed, admitted
from village.realtime.access import Hidden, hidden_from
from village.realtime.frames import Encoded, encode
from village.realtime.names import shown_as
from village.realtime.tickets import Identity, Key, living_sessions

P = ParamSpec("P")
T = TypeVar("T")
THREADS = 3


class Lookups:
    """Run database work for an event loop, each call with a connection of its own."""

    def __init__(self) -> None:
        self._threads = ThreadPoolExecutor(THREADS, thread_name_prefix="hub")

    async def run(self, work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run blocking work in a thread and give back the connection it took."""
        return await asyncio.get_running_loop().run_in_executor(
            self._threads, lambda: _closing(work, *args, **kwargs)
        )


def _closing(work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    try:
        return work(*args, **kwargs)
    finally:
        connections.close_all()


Asked = Mapping[str, tuple[Followed, Collection[Actor]]]


def let_in(asked: Asked) -> tuple[dict[str, set[Actor]], Hidden]:
    """
    Say of each stream which of those who ask may follow it now.

    And of each of those, whom she must not meet there.
    """
    asking = {id_ for _, actors in asked.values() for by in actors for id_ in by.people}
    with walls.behind(*asking):
        admits = {
            address: admitted(actors, followed) for address, (followed, actors) in asked.items()
        }
        people = {actor.principal_id for actors in admits.values() for actor in actors}
        return admits, hidden_from(people)


def doors(asked: Asked) -> tuple[dict[str, tuple[set[Actor], Top]], Hidden]:
    """
    Say the same, and where each stream stands: one query for all of them.

    In this order: whoever is admitted sees all that happens from that position on.
    """
    admits, hidden = let_in(asked)
    tops = stands([address for address, actors in admits.items() if actors])
    return {
        address: (actors, tops.get(address, NOWHERE)) for address, actors in admits.items()
    }, hidden


def stands(addresses: Collection[str]) -> dict[str, Top]:
    """Tell where streams stand; the first to follow one gives it its epoch."""
    found = queries.tops(addresses)
    if fresh := sorted(set(addresses) - found.keys()):
        Stream.objects.bulk_create([Stream(address=each) for each in fresh], ignore_conflicts=True)
        found |= queries.tops(fresh)
    return found


def frames(followed: Followed, after: int, *, limit: int) -> list[Encoded]:
    """Read frames of a stream from the log, rendered from what the tables say now."""
    rendered = queries.frames_after(followed.topic, followed.address, after, limit=limit)
    name = shown_as(followed.address)
    return [encode(frame, name) for frame in rendered]


def ended(identities: Collection[Identity]) -> set[Key]:
    """Give the keys of those who have signed out, are not active, or have lost their mandate."""
    sessions = living_sessions({each.session_key for each in identities})
    people = {id_ for each in identities for id_ in (each.actor.principal_id, each.actor.helper_id)}
    active = set(
        get_user_model()
        .objects.filter(pk__among=people - {None}, is_active=True)
        .values_list("pk", flat=True)
    )
    return {
        each.key
        for each in identities
        if each.session_key not in sessions
        or each.actor.principal_id not in active
        or (each.actor.is_assisted and each.actor.helper_id not in active)
        or (each.actor.is_assisted and not delegation.mandate_stands(each.actor))
    }
