"""Whose sockets a session closes when it ends, and what a person sees of it."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from pydantic import BaseModel

from village.acting.facts import SessionBegun, SessionEnded
from village.acting.models import AssistedSession
from village.realtime.access import access
from village.residents.topics import AccessChanged, residents_me


class SittingOut(BaseModel):
    """Say that somebody acts for me, from when and until when."""

    id: UUID
    starts_at: datetime
    ends_at: datetime
    ended_at: datetime | None


def sitting(fact: SessionBegun | SessionEnded) -> SittingOut | None:
    """Show a session as it stands."""
    found = AssistedSession.objects.filter(pk=fact.session).first()
    if found is None:
        return None
    return SittingOut(
        id=found.pk, starts_at=found.starts_at, ends_at=found.ends_at, ended_at=found.ended_at
    )


def _access_changed(fact: SessionEnded) -> AccessChanged:
    return AccessChanged(resident=str(fact.person))


def _to_the_person(fact: SessionBegun | SessionEnded) -> list[dict[str, UUID]]:
    return [{"resident": fact.person}]


residents_me.carry(SessionBegun, sitting, to=_to_the_person)
residents_me.carry(SessionEnded, sitting, to=_to_the_person)
access.carry(SessionEnded, _access_changed)
