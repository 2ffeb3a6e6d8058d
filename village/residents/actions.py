"""The verbs of belonging: the only code that changes who lives in a village."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction

from village.core.actor import Actor
from village.core.errors import NotFound
from village.journal.actions import record, record_all
from village.residents import facts, policies
from village.residents.endings import Why, end_what_depends
from village.residents.models import Grant, Membership, Resident, Role, Village


@transaction.atomic
def join_village(*, by: Actor, village: Village, resident: Resident, at: datetime) -> Membership:
    """
    Make a resident a member of a village; a second call changes nothing.

    :raises Forbidden: if the actor may not take members in
    """
    policies.may_take_in(by, village).enforce()
    membership, is_new = Membership.objects.get_or_create(
        village=village, resident=resident, ended_at=None, defaults={"created_at": at}
    )
    if is_new:
        record(
            facts.ResidentJoined(
                village=village.pk, resident_id=resident.pk, membership_id=membership.pk
            ),
            by=by,
            at=at,
        )
    return membership


@transaction.atomic
def leave_village(
    *, by: Actor, village: str, resident_id: UUID, why: Why = Why.LEFT, at: datetime
) -> None:
    """
    End a membership together with its roles and with all that depends on it.

    :raises NotFound: if there is no such membership that the actor may end
    """
    membership = (
        Membership.objects.current()
        .select_for_update()
        .filter(village=village, resident=resident_id)
        .first()
    )
    if membership is None or not policies.may_end(by, membership):
        raise NotFound
    membership.grants.all().delete()
    membership.ended_at = at
    membership.save(update_fields=["ended_at"])
    ended = end_what_depends(resident_id=resident_id, village=village, why=why, by=by, at=at)
    left = facts.ResidentLeft(village=village, resident_id=resident_id, membership_id=membership.pk)
    record_all([*ended, left], by=by, at=at)


@transaction.atomic
def grant_role(
    *, by: Actor, membership: Membership, role: Role, of: UUID | None = None, at: datetime
) -> Grant:
    """
    Give a member a role; a second call changes nothing.

    :raises Forbidden: if the actor may not give it
    """
    policies.may_grant(by, membership.village).enforce()
    grant, is_new = Grant.objects.get_or_create(
        membership=membership, role=role, of=of, defaults={"granted_at": at}
    )
    if is_new:
        record(
            facts.RoleGranted(
                village=membership.village_id,
                resident_id=membership.resident_id,
                role=role,
                of=of,
            ),
            by=by,
            at=at,
        )
    return grant
