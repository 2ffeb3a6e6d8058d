"""What the hub asks the database: in a few threads, for many sockets at once."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection
from concurrent.futures import ThreadPoolExecutor
from typing import ParamSpec, TypeVar
from uuid import UUID

from django.contrib.auth import get_user_model
from django.db import connections

from village.core import delegation
from village.core.actor import Actor
from village.journal import queries
from village.journal.models import Stream
from village.journal.queries import Top
from village.journal.topics import Followed, admitted
from village.realtime.access import Hidden, hidden_from
from village.realtime.frames import Encoded, encode
from village.realtime.names import shown_as
from village.realtime.tickets import Identity, living_sessions

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


def door(followed: Followed, actors: Collection[Actor]) -> tuple[set[Actor], Top, Hidden]:
    """
    Say who may follow a stream, where it stands, and whom each of them must not meet there.

    In this order: whoever is admitted sees all that happens from that position on.
    """
    let_in = admitted(actors, followed)
    if not let_in:
        return let_in, queries.NOWHERE, {}
    stands = stand(followed.address)
    return let_in, stands, hidden_from({actor.principal_id for actor in let_in})


def stand(address: str) -> Top:
    """Tell where a stream stands; the first to follow it gives it its epoch."""
    stands = queries.top(address)
    if not stands.epoch:
        Stream.objects.get_or_create(address=address)
        stands = queries.top(address)
    return stands


def frames(followed: Followed, after: int, *, limit: int) -> list[Encoded]:
    """Read frames of a stream from the log, rendered from what the tables say now."""
    rendered = queries.frames_after(followed.topic, followed.address, after, limit=limit)
    name = shown_as(followed.address)
    return [encode(frame, name) for frame in rendered]


def ended(identities: Collection[Identity]) -> set[tuple[str, UUID | None]]:
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
