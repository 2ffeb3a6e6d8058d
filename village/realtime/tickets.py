"""Giving tickets out and taking them back."""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib.auth import (
    BACKEND_SESSION_KEY,
    HASH_SESSION_KEY,
    SESSION_KEY,
    get_user_model,
)
from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.sessions.models import Session
from django.db import connection, transaction
from django.utils import timezone
from django.utils.crypto import constant_time_compare

from village.core.actor import SYSTEM, Actor, Scope
from village.core.sessions import SessionStore, end_copied, is_turn_of, key_of
from village.realtime.models import Ticket

LIFETIME = timedelta(seconds=30)


Key = tuple[str, UUID | None]


@dataclass(frozen=True, slots=True)
class Identity:
    """Say whose socket it is, and the session it lives and dies with."""

    actor: Actor
    session_key: str

    @property
    def key(self) -> Key:
        """Give what its end depends on: the session, and the mandate if there is one."""
        return self.session_key, self.actor.mandate_id


def open_ticket(*, by: Actor, session_key: str, at: datetime) -> str:
    """Give a single-use ticket for a socket of the actor; what it says is kept nowhere."""
    ticket = secrets.token_urlsafe(32)
    Ticket.objects.filter(expires_at__lt=at).delete()
    Ticket.objects.create(
        digest=_digest(ticket),
        principal_id=by.principal_id,
        helper_id=by.helper_id,
        mandate_id=by.mandate_id,
        scopes=sorted(by.scopes) if by.is_assisted else [],
        until=by.until,
        session_key=session_key,
        expires_at=at + LIFETIME,
    )
    return ticket


def redeem(tickets: Collection[str]) -> dict[str, Identity]:
    """
    Take tickets back, each once, and say whose they were; what is missing was not valid.

    One statement for however many: it deletes what it returns, so of two sockets with the
    same ticket exactly one gets in, in whichever processes they are.
    """
    digests = {_digest(ticket): ticket for ticket in tickets}
    marks = ", ".join(["%s"] * len(digests))
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            f"DELETE FROM {Ticket._meta.db_table} WHERE digest IN ({marks})"
            " RETURNING digest, principal_id, helper_id, mandate_id, scopes, until,"
            " session_key, expires_at",
            list(digests),
        )
        rows = cursor.fetchall()
    now = timezone.now()
    found: dict[str, Identity] = {}
    for digest, principal, helper, mandate, scopes, until, session_key, expires_at in rows:
        if _moment(expires_at) <= now:
            continue
        listed = scopes if isinstance(scopes, list) else json.loads(scopes)
        actor = Actor(
            principal_id=_uuid(principal) or SYSTEM.principal_id,
            helper_id=_uuid(helper),
            mandate_id=_uuid(mandate),
            # A newer process may know scopes that this one does not.
            scopes=frozenset(each for each in Scope if not mandate or each.value in listed),
            until=_moment(until) if until else None,
        )
        found[digests[digest]] = Identity(actor, session_key)
    alive = living_sessions({identity.session_key for identity in found.values()})
    return {ticket: each for ticket, each in found.items() if each.session_key in alive}


def living_sessions(keys: Collection[str]) -> set[str]:
    """Give those of these sessions that are still signed in."""
    rows = Session.objects.filter(session_key__among=keys, expire_date__gt=timezone.now())
    return set(rows.values_list("session_key", flat=True))


def identities_of(tokens: Collection[str]) -> dict[str, Identity]:
    """
    Say who is signed in with each of some tokens of sessions; the others are nobody's.

    What Django asks for each request (``django.contrib.auth.get_user``), in one query for the
    sessions and one for the people.
    """
    store = SessionStore()
    keys = {token: key for token in tokens if (key := key_of(token))}
    rows = Session.objects.filter(
        session_key__among=set(keys.values()),
        expire_date__gt=timezone.now(),
    ).values_list("session_key", "session_data")
    held = {key: store.decode(data) for key, data in rows}
    said = {}
    for token, key in keys.items():
        if key in held and is_turn_of(token, held[key]):
            said[token] = held[key]
        elif key in held:
            end_copied(key)
    people = {
        str(person.pk): person
        for person in get_user_model().objects.filter(
            pk__among={each[SESSION_KEY] for each in said.values() if SESSION_KEY in each},
            is_active=True,
        )
    }
    return {
        token: Identity(Actor(principal_id=person.pk), keys[token])
        for token, each in said.items()
        if (person := people.get(each.get(SESSION_KEY, ""))) and _is_hers(each, person)
    }


def _is_hers(session: dict[str, Any], person: AbstractBaseUser) -> bool:
    """Tell whether a session is from before she took all her sessions' rights away."""
    said = session.get(HASH_SESSION_KEY, "")
    return session.get(BACKEND_SESSION_KEY) in settings.AUTHENTICATION_BACKENDS and any(
        constant_time_compare(said, valid)
        for valid in (person.get_session_auth_hash(), *person.get_session_auth_fallback_hash())
    )


def _digest(ticket: str) -> str:
    return hashlib.sha256(ticket.encode()).hexdigest()


def _uuid(value: UUID | str | None) -> UUID | None:
    # SQLite gives a UUID back as 32 digits, PostgreSQL as a UUID.
    return value if value is None or isinstance(value, UUID) else UUID(value)


def _moment(value: datetime | str) -> datetime:
    # SQLite gives a moment back as text in UTC.
    if isinstance(value, str):
        value = datetime.fromisoformat(value)
    return value if value.tzinfo else timezone.make_aware(value, timezone.get_fixed_timezone(0))
