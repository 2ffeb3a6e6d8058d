"""Giving tickets out and taking them back."""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.contrib.auth import get_user
from django.contrib.sessions.models import Session
from django.db import connection, transaction
from django.http import HttpRequest
from django.utils import timezone

from village.core.actor import SYSTEM, Actor, Scope
from village.core.sessions import SessionStore
from village.realtime.models import Ticket

LIFETIME = timedelta(seconds=30)


@dataclass(frozen=True, slots=True)
class Identity:
    """Say whose socket it is, and the session it lives and dies with."""

    actor: Actor
    session_key: str

    @property
    def key(self) -> tuple[str, UUID | None]:
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


def identity_of_session(session_key: str) -> Identity | None:
    """Say who is signed in with a browser's session; ``None`` when nobody is."""
    request = HttpRequest()
    request.session = SessionStore(session_key)
    user = get_user(request)
    if not user.is_authenticated or not user.is_active:
        return None
    return Identity(Actor(principal_id=user.pk), session_key)


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
