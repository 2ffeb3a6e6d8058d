"""Who may act for whom, now."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from village.assist.models import Accreditation, Mandate
from village.core.actor import Actor
from village.core.errors import DomainError


class MandateUnknown(DomainError):
    """There is no such mandate for this helper: absent and foreign look the same."""

    code = "assist.mandate_unknown"
    status = 403

    def __init__(self) -> None:
        super().__init__(_("You hold no such mandate."))


class MandateEnded(DomainError):
    """The mandate has been revoked, has run out, or the helper is no longer accredited."""

    code = "assist.mandate_ended"
    status = 403

    def __init__(self) -> None:
        super().__init__(_("This mandate has ended."))


def actor_under_mandate(*, helper_id: UUID, mandate_id: UUID, at: datetime) -> tuple[Actor, str]:
    """
    Give the actor that a helper is under a mandate, and the name of her principal.

    :raises MandateUnknown: if the helper holds no such mandate
    :raises MandateEnded: if it is not in force at this moment
    """
    mandate = (
        Mandate.objects.select_related("person")
        .filter(pk=mandate_id, centre__accreditations__volunteer=helper_id)
        .first()
    )
    if mandate is None or mandate.person_id == helper_id:
        raise MandateUnknown
    by = Actor(
        principal_id=mandate.person_id,
        helper_id=helper_id,
        mandate_id=mandate.pk,
        scopes=mandate.covers,
        until=mandate.ends_at,
    )
    if not _in_force(by, at).exists():
        raise MandateEnded
    return by, mandate.person.display_name


def hold(by: Actor) -> None:
    """
    Lock the actor's mandate until the transaction ends.

    A revocation takes the same row: it waits for this act, or this act finds it revoked.

    :raises MandateEnded: if it is no longer in force, or no longer covers what it did
    """
    held = _in_force(by, timezone.now()).select_for_update(of=("self",), no_key=True).first()
    if held is None or not by.scopes <= held.covers:
        raise MandateEnded


def mandates_of_helper(helper_id: UUID, *, at: datetime) -> QuerySet[Mandate]:
    """Give the mandates under which a volunteer may act now."""
    accredited = Accreditation.objects.filter(volunteer=helper_id, valid_until__gt=at)
    return (
        Mandate.objects.in_force(at)
        .filter(centre__in=accredited.values("centre"), person__is_active=True)
        .exclude(person=helper_id)
    )


def mandates_of_person(person_id: UUID) -> QuerySet[Mandate]:
    """Give the mandates that a person has given, ended ones too."""
    return Mandate.objects.filter(person=person_id)


def _in_force(by: Actor, at: datetime) -> QuerySet[Mandate]:
    assert by.helper_id is not None and by.mandate_id is not None
    return mandates_of_helper(by.helper_id, at=at).filter(pk=by.mandate_id, person=by.principal_id)
