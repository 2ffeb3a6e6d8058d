"""Who hears of roles: whoever has one, and the stewards whose yes is waited for."""

from __future__ import annotations

from uuid import UUID

from django.utils.translation import gettext as _

from village.journal.notices import Importance, Notice, Words
from village.residents.facts import RoleGranted, RoleProposed, RoleWithdrawn
from village.residents.models import Role
from village.residents.notices import stewards
from village.residents.queries import names_of
from village.stewardship import queries


def _holder(fact: RoleGranted | RoleWithdrawn) -> list[UUID]:
    return [fact.resident_id]


def _granted(fact: RoleGranted) -> Words:
    role = Role(fact.role).label
    return Words(title=_("You are now %(role)s.") % {"role": role}, link="/me")


def _withdrawn(fact: RoleWithdrawn) -> Words:
    role = Role(fact.role).label
    return Words(title=_("You are no longer %(role)s.") % {"role": role}, link="/me")


def _proposed(fact: RoleProposed) -> Words | None:
    if queries.grant(fact.grant_id) is None:
        return None
    name = names_of([fact.resident_id]).get(fact.resident_id, "")
    values = {"name": name, "role": Role(fact.role).label}
    return Words(
        title=_("%(name)s is proposed as %(role)s.") % values,
        body=_("A second steward has to agree."),
        link=f"/villages/{fact.village}/roles",
    )


Notice(
    "stewardship.role_granted",
    of=RoleGranted,
    audience=_holder,
    words=_granted,
    importance=Importance.PERSONAL,
    scope=None,
)
Notice(
    "stewardship.role_withdrawn",
    of=RoleWithdrawn,
    audience=_holder,
    words=_withdrawn,
    importance=Importance.PERSONAL,
    scope=None,
)
Notice(
    "stewardship.role_proposed",
    of=RoleProposed,
    audience=stewards,
    words=_proposed,
    importance=Importance.PERSONAL,
    scope=None,
)
