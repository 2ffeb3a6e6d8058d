"""Those who hold the phones: made in bulk, eight sockets each. Needs Django to be set up."""

from __future__ import annotations

import secrets
from datetime import timedelta
from hashlib import sha256

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.models import Session
from django.utils import timezone

from benchmarks.board.topics import VILLAGE
from village.core.sessions import SessionStore, key_of
from village.realtime.models import Ticket
from village.realtime.registry import SOCKETS_PER_RESIDENT
from village.residents.models import Membership, Resident, Village

SESSION_LIVES = timedelta(days=1)


def settle(sockets: int) -> list[tuple[Resident, str]]:
    """Make a village with people for so many sockets; give each with the token of a session."""
    now = timezone.now()
    village, _ = Village.objects.get_or_create(
        slug=VILLAGE, defaults={"name": "Bench", "lat": 50.0, "lng": 11.5, "created_at": now}
    )
    people = [
        Resident(display_name=f"Resident {number}", password="!")
        for number in range(-(-sockets // SOCKETS_PER_RESIDENT))
    ]
    Resident.objects.bulk_create(people)
    Membership.objects.bulk_create(
        Membership(village=village, resident=each, created_at=now) for each in people
    )
    store = SessionStore()
    tokens = [secrets.token_hex(16) for _ in people]
    Session.objects.bulk_create(
        Session(
            session_key=key_of(token),
            session_data=store.encode(
                {
                    SESSION_KEY: str(each.pk),
                    BACKEND_SESSION_KEY: settings.AUTHENTICATION_BACKENDS[0],
                    HASH_SESSION_KEY: each.get_session_auth_hash(),
                }
            ),
            expire_date=now + SESSION_LIVES,
        )
        for each, token in zip(people, tokens, strict=True)
    )
    return list(zip(people, tokens, strict=True))


def give_tickets(people: list[tuple[Resident, str]], sockets: int) -> list[str]:
    """Give a ticket for each socket; they are good for as long as the run takes."""
    tickets = [secrets.token_urlsafe(32) for _ in range(sockets)]
    Ticket.objects.bulk_create(
        Ticket(
            digest=sha256(ticket.encode()).hexdigest(),
            principal_id=people[number // SOCKETS_PER_RESIDENT][0].pk,
            session_key=key_of(people[number // SOCKETS_PER_RESIDENT][1]),
            expires_at=timezone.now() + SESSION_LIVES,
        )
        for number, ticket in enumerate(tickets)
    )
    return tickets
