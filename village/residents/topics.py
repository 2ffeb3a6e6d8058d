"""What a resident's own screens follow, and how the nerves learn whose access changed."""

from __future__ import annotations

from uuid import UUID

from pydantic import BaseModel

from village.core.actor import EVERY_MANDATE, Actor
from village.core.permissions import OWNER
from village.journal.topics import Topic
from village.realtime.access import access
from village.residents import facts


def is_self(by: Actor, *, resident: str) -> bool:
    """Admit a resident to her own stream, and a helper to her principal's."""
    return str(by.principal_id) == resident


# Followed as residents/me; every room may speak on it (``residents_me.carry``).
residents_me = Topic(
    "residents/{resident}",
    admits=is_self,
    scope=EVERY_MANDATE,
    who=OWNER,
    snapshot="/api/v1/me/notifications?position=1",
)


class AccessChanged(BaseModel):
    """Name whose access must be looked at again."""

    resident: str


class PairChanged(AccessChanged):
    """Name two of whom what they may see of each other must be looked at again."""

    other: str


def _access_changed(
    fact: facts.ResidentLeft | facts.RoleWithdrawn | facts.ResidentErased | facts.ErasureDone,
) -> AccessChanged:
    return AccessChanged(resident=str(fact.resident_id))


def _pair_changed(fact: facts.ResidentBlocked | facts.ResidentUnblocked) -> PairChanged:
    return PairChanged(resident=str(fact.blocker_id), other=str(fact.blocked_id))


class RoleOut(BaseModel):
    """A role that somebody has or had in a village."""

    village: str
    role: str
    of: UUID | None


def _role(fact: facts.RoleGranted | facts.RoleWithdrawn) -> RoleOut:
    return RoleOut(village=fact.village, role=fact.role, of=fact.of)


def _to_the_resident(fact: facts.RoleGranted | facts.RoleWithdrawn) -> list[dict[str, UUID]]:
    return [{"resident": fact.resident_id}]


residents_me.carry(facts.RoleGranted, _role, to=_to_the_resident)
residents_me.carry(facts.RoleWithdrawn, _role, to=_to_the_resident)
access.carry(facts.ResidentLeft, _access_changed)
access.carry(facts.RoleWithdrawn, _access_changed)
access.carry(facts.ResidentBlocked, _pair_changed)
access.carry(facts.ResidentUnblocked, _pair_changed)
access.carry(facts.ResidentErased, _access_changed, erases=True)
access.carry(facts.ErasureDone, _access_changed, erases=True)
