"""How institutions and their badges look on the wire, here and wherever one of them speaks."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Literal
from uuid import UUID

from django.utils import timezone
from pydantic import ConfigDict

from village.core.schemas import In, Moment, Out
from village.institutions.models import Badge, Kind
from village.institutions.queries import Institution, badges_of


class BadgeOut(Out):
    """
    That two have seen that an institution is what it says.

    ``verified_by`` names those who have looked and can still be asked, stewards of the village;
    after ``until`` it is shown no more.
    """

    verified_by: list[str]
    since: datetime
    until: datetime


class InstitutionOut(Out):
    """
    An outlet, a department or a centre: who speaks for it, and whether it was looked at.

    ``badge`` is null where nobody has, or not any more.
    """

    id: UUID
    village: str
    kind: Kind
    name: str
    about: str
    homepage: str
    address: str
    phone: str
    hours: str
    speakers: list[str]
    badge: BadgeOut | None


class SpeakersBadgeOut(Out):
    """What an institution's badge is now, where it speaks on a screen; null where it has none."""

    institution: UUID
    badge: BadgeOut | None


class VerificationIn(In):
    """That an institution is what it says, until a day within two years."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "example": {
                "institution": "7d0a1e5c-6f0e-4c0e-9f5e-0c6f1c1d2e3f",
                "until": "2027-11-20T00:00:00+01:00",
            }
        },
    )

    institution: UUID
    until: Moment


class VerificationOut(Out):
    """A badge as stewards see it: ``proposed``, ``given`` or ``over``, of what was called so."""

    id: UUID
    village: str
    created_at: datetime
    institution: UUID
    kind: Kind
    name: str
    status: Literal["proposed", "given", "over"]
    seen_by: list[str]
    until: datetime


def show_badge(badge: Badge) -> BadgeOut:
    """Show a badge that stands."""
    assert badge.granted_at is not None
    return BadgeOut(verified_by=badge.seen_by, since=badge.granted_at, until=badge.until)


def shown_badges(names: Mapping[UUID, str]) -> dict[UUID, BadgeOut]:
    """Show the badges that institutions of these names have now; those without are left out."""
    return {of: show_badge(badge) for of, badge in badges_of(names).items()}


def shown_badge(institution_id: UUID, name: str) -> BadgeOut | None:
    """Show the badge that an institution has now."""
    return shown_badges({institution_id: name}).get(institution_id)


def show_institution(each: Institution) -> InstitutionOut:
    """Show an institution."""
    return InstitutionOut(
        id=each.id,
        village=each.village,
        kind=each.kind,
        name=each.place.name,
        about=each.place.about,
        homepage=each.place.homepage,
        address=each.place.address,
        phone=each.place.phone,
        hours=each.place.hours,
        speakers=list(each.speakers),
        badge=show_badge(each.badge) if each.badge is not None else None,
    )


def show_verification(badge: Badge) -> VerificationOut:
    """Show a badge to a steward."""
    is_over = badge.ended_at is not None or badge.until <= timezone.now()
    return VerificationOut(
        id=badge.pk,
        village=badge.village_id,
        created_at=badge.created_at,
        institution=badge.of,
        kind=Kind(badge.kind),
        name=badge.name,
        status="over" if is_over else "given" if badge.granted_at else "proposed",
        seen_by=badge.seen_by,
        until=badge.until,
    )
