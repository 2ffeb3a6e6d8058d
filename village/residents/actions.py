"""The verbs of belonging: the only code that changes who lives in a village."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from village.core.actor import Actor
from village.core.errors import Invalid, NotFound
from village.journal.actions import record, record_all
from village.journal.facts import Fact
from village.residents import facts, policies, queries
from village.residents.endings import Why, end_what_depends
from village.residents.models import Block, Language, Membership, Resident, Village


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
        if not village.full_names:
            Resident.objects.filter(pk=resident.pk).update(full_name_on_board=False)
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
    record_all(end_membership(membership, why=why, by=by, at=at), by=by, at=at)


def end_membership(membership: Membership, *, why: Why, by: Actor, at: datetime) -> list[Fact]:
    """End a membership that is locked, with all that depends on it, and say so."""
    withdrawn: list[Fact] = [
        facts.RoleWithdrawn(
            village=membership.village_id,
            resident_id=membership.resident_id,
            role=each.role,
            of=each.of,
        )
        for each in membership.grants.exclude(granted_at=None).order_by("pk")
    ]
    membership.grants.all().delete()
    membership.ended_at = at
    membership.save(update_fields=["ended_at"])
    village, resident_id = membership.village_id, membership.resident_id
    ended = end_what_depends(resident_id=resident_id, village=village, why=why, by=by, at=at)
    left = facts.ResidentLeft(village=village, resident_id=resident_id, membership_id=membership.pk)
    return [*withdrawn, *ended, left]


@transaction.atomic
def choose_board_name(*, by: Actor, is_full: bool, at: datetime) -> Resident:
    """
    Choose by how much of her name the neighbours see the actor; a second call changes nothing.

    :raises Forbidden: if a village of hers shows nobody by the whole name
    :raises OutOfScope: in assisted mode
    """
    policies.may_choose_board_name(by, is_full).enforce()
    resident = Resident.objects.select_for_update(no_key=True).get(pk=by.principal_id)
    if resident.full_name_on_board == is_full:
        return resident
    resident.full_name_on_board = is_full
    resident.save(update_fields=["full_name_on_board"])
    told: list[Fact] = [
        facts.BoardNameChosen(village=village, resident_id=resident.pk, is_full=is_full)
        for village in queries.villages_of(by).order_by("pk").values_list("pk", flat=True)
    ]
    if told:
        record_all(told, by=by, at=at)
    return resident


@transaction.atomic
def choose_language(*, by: Actor, language: Language, at: datetime) -> Resident:
    """
    Choose in which language the village speaks with the actor; a second call changes nothing.

    :raises OutOfScope: in assisted mode
    """
    policies.may_choose_language(by).enforce()
    resident = Resident.objects.select_for_update(no_key=True).get(pk=by.principal_id)
    if resident.language == language:
        return resident
    resident.language = language
    resident.save(update_fields=["language"])
    told: list[Fact] = [
        facts.LanguageChosen(village=village, resident_id=resident.pk, language=language.value)
        for village in queries.villages_of(by).order_by("pk").values_list("pk", flat=True)
    ]
    if told:
        record_all(told, by=by, at=at)
    return resident


def show_first_names(village: Village) -> None:
    """Take back what people of a village have chosen that it no longer allows."""
    queries.members(village.pk).filter(full_name_on_board=True).update(full_name_on_board=False)


@transaction.atomic
def block(*, by: Actor, resident_id: UUID, at: datetime) -> Block:
    """
    Keep somebody out of the actor's sight, and the actor out of hers; nobody is told.

    A second call changes nothing.

    :raises NotFound: if the actor shares no village with anybody of this id
    :raises Invalid: if it is herself
    :raises OutOfScope: in assisted mode
    """
    policies.may_block(by).enforce()
    if resident_id == by.principal_id:
        raise Invalid(_("You cannot block yourself."))
    found = queries.blocks_of(by).filter(blocked=resident_id).first()
    if found is not None:
        return found
    # A block against the actor does not matter here: she could tell it by the answer.
    village = queries.shared_village(by, resident_id)
    if village is None:
        raise NotFound
    made, is_new = Block.objects.get_or_create(
        blocker_id=by.principal_id,
        blocked_id=resident_id,
        defaults={"village_id": village, "created_at": at},
    )
    if is_new:
        record(
            facts.ResidentBlocked(
                village=village, blocker_id=made.blocker_id, blocked_id=made.blocked_id
            ),
            by=by,
            at=at,
        )
    return made


@transaction.atomic
def unblock(*, by: Actor, resident_id: UUID, at: datetime) -> None:
    """
    Take a block back; what it ended stays ended.

    :raises NotFound: if the actor has not blocked anybody of this id
    :raises OutOfScope: in assisted mode
    """
    policies.may_block(by).enforce()
    found = queries.blocks_of(by).filter(blocked=resident_id).select_for_update().first()
    if found is None:
        raise NotFound
    village = found.village_id
    found.delete()
    record(
        facts.ResidentUnblocked(
            village=village, blocker_id=by.principal_id, blocked_id=resident_id
        ),
        by=by,
        at=at,
    )
