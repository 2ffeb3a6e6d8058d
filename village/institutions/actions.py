"""Giving institutions a badge, and taking it back."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from village.core.actor import SYSTEM, Actor
from village.core.errors import DomainError, Invalid, NotFound
from village.institutions import facts, policies, queries
from village.institutions.models import Badge
from village.journal.actions import record
from village.residents.naming import check_name
from village.residents.queries import village_or_404
from village.stewardship.policies import may_steward

# Whoever is known for longer is looked at again.
LONGEST = timedelta(days=2 * 366)


class BadgeStands(DomainError):
    """The badge is given already, or is waiting for the second steward."""

    code = "institutions.badge_stands"


class NameChanged(DomainError):
    """The institution has another name than the one that was looked at."""

    code = "institutions.name_changed"


@transaction.atomic
def propose_badge(
    *, by: Actor, village: str, institution_id: UUID, until: datetime, at: datetime
) -> Badge:
    """
    Say that one has seen that an institution is what it says; it counts once a second one has.

    A badge that stands may be proposed anew before it is over, and is then replaced.

    :raises NotFound: if the actor does not belong to the village, or it has no such institution
    :raises Forbidden: if she is no steward
    :raises Invalid: if it would end in the past, or later than in two years
    :raises NameTaken: if its name may be taken for that of another one
    :raises BadgeStands: if it has been proposed already
    """
    may_steward(by, village).enforce()
    institution = queries.institution_in(village_or_404(village), institution_id)
    name = institution.place.name
    check_name(name, village=village, but=institution_id, field="institution")
    if not at < until <= at + LONGEST:
        raise Invalid(_("Please choose a day to come, within two years."), field="until")
    badge, is_new = Badge.objects.get_or_create(
        of=institution_id,
        granted_at=None,
        ended_at=None,
        defaults={
            "village_id": village,
            "kind": institution.kind,
            "name": name,
            "until": until,
            "proposed_by_id": None if by == SYSTEM else by.principal_id,
            "created_at": at,
        },
    )
    if not is_new:
        raise BadgeStands(_("This has been proposed already, and waits for a second steward."))
    record(facts.BadgeProposed(**_named(badge)), by=by, at=at)
    return badge


@transaction.atomic
def confirm_badge(*, by: Actor, badge_id: UUID, at: datetime) -> Badge:
    """
    Agree, as the second steward, that an institution is what it says.

    :raises NotFound: if there is no such badge for the actor to see
    :raises Forbidden: if she is no steward, or has proposed it herself
    :raises BadgeStands: if somebody has agreed already
    :raises NameChanged: if the institution is called otherwise by now, or is gone
    """
    badge = _locked(badge_id)
    policies.may_confirm(by, badge).enforce()
    if badge.granted_at is not None:
        raise BadgeStands(_("This badge has been given already."))
    try:
        name = queries.institution_in(village_or_404(badge.village_id), badge.of).place.name
    except NotFound:
        name = ""
    if name != badge.name or badge.until <= at:
        raise NameChanged(_("This is not what was looked at any more. Please propose it anew."))
    # The one before is replaced: an institution has one badge at a time.
    Badge.objects.filter(of=badge.of, ended_at=None).exclude(granted_at=None).update(ended_at=at)
    badge.granted_at = at
    badge.confirmed_by_id = None if by == SYSTEM else by.principal_id
    badge.save(update_fields=["granted_at", "confirmed_by"])
    record(facts.BadgeGranted(**_named(badge)), by=by, at=at)
    return badge


@transaction.atomic
def withdraw_badge(*, by: Actor, badge_id: UUID, at: datetime) -> None:
    """
    Take a badge back at once, or drop a proposal; one steward is enough for that.

    :raises NotFound: if there is none that the actor may know of
    :raises Forbidden: if she is no steward
    """
    badge = _locked(badge_id)
    may_steward(by, badge.village_id).enforce()
    badge.ended_at = at
    badge.save(update_fields=["ended_at"])
    record(facts.BadgeWithdrawn(**_named(badge)), by=by, at=at)


def _locked(badge_id: UUID) -> Badge:
    found = Badge.objects.select_for_update().filter(pk=badge_id, ended_at=None).first()
    if found is None:
        raise NotFound
    return found


def _named(badge: Badge) -> dict[str, Any]:
    return {"village": badge.village_id, "badge_id": badge.pk, "institution_id": badge.of}
