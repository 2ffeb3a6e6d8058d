"""Who may act for whom, now."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from village.assist.models import (
    Accreditation,
    Assignment,
    Centre,
    Freeze,
    Mandate,
    MandateQuerySet,
)
from village.core.actor import Actor
from village.core.errors import DomainError, Forbidden, NotFound
from village.residents.models import Membership, Role
from village.residents.places import Place
from village.residents.queries import held, holds, is_member


class MandateUnknown(DomainError):
    """There is no such mandate for this helper: absent and foreign look the same."""

    code = "assist.mandate_unknown"
    status = 403

    def __init__(self) -> None:
        super().__init__(_("You hold no such mandate."))


class MandateEnded(DomainError):
    """The mandate is revoked or has run out, or its helper's accreditation or somebody's place."""

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
        .filter(pk=mandate_id, assignments__volunteer=helper_id)
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
        limits=mandate.limits,
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
    assert by.mandate_id is not None
    # First the lock, then the look: what was read while waiting may be of before the wait.
    rows = Mandate.objects.filter(pk=by.mandate_id)
    if rows.select_for_update(no_key=True).first() is None:
        raise MandateEnded
    held = _in_force(by, timezone.now()).first()
    if held is None or not by.scopes <= held.covers:
        raise MandateEnded


def stands(by: Actor) -> bool:
    """Tell whether the actor's mandate is in force and covers what it did."""
    found = _in_force(by, timezone.now()).first()
    return found is not None and by.scopes <= found.covers


def mandates_of_helper(helper_id: UUID, *, at: datetime) -> QuerySet[Mandate]:
    """Give the mandates under which a volunteer may act now."""
    assigned = Assignment.objects.filter(mandate=OuterRef("pk"), volunteer=helper_id, ended_at=None)
    accredited = Accreditation.objects.in_force(at).filter(volunteer=helper_id)
    return (
        Mandate.objects.in_force(at)
        .filter(
            Exists(assigned),
            Exists(_living_in("centre__village").filter(resident=helper_id)),
            Exists(_living_in("village").filter(resident=OuterRef("person"))),
            centre__in=accredited.values("centre"),
            person__is_active=True,
        )
        .exclude(person=helper_id)
    )


def mandates_of_person(person_id: UUID) -> QuerySet[Mandate]:
    """Give the mandates that a person has given, ended ones too."""
    return mandates().filter(person=person_id)


def mandates() -> MandateQuerySet:
    """Give mandates with all that is shown of them."""
    return Mandate.objects.select_related("centre", "person").prefetch_related(
        "consents", "assignments"
    )


def mandates_given_or_held(by: Actor, *, at: datetime) -> QuerySet[Mandate]:
    """Give the mandates that a resident has given, and those she may act under now."""
    return mandates().filter(_given_or_held(by, at)) if not by.is_assisted else mandates().none()


def mandates_visible_to(by: Actor, *, at: datetime) -> QuerySet[Mandate]:
    """Give those she has given or may act under, and as coordinator all of her centre."""
    if by.is_assisted:
        return mandates().none()
    return mandates().filter(_given_or_held(by, at) | Q(centre__in=coordinated_centres(by)))


def visible_mandate(by: Actor, mandate_id: UUID, *, at: datetime) -> Mandate:
    """
    Find a mandate that the actor may see.

    :raises NotFound: if there is none
    """
    found = mandates_visible_to(by, at=at).filter(pk=mandate_id).first()
    if found is None:
        raise NotFound
    return found


def is_coordinator(by: Actor, centre: Centre) -> bool:
    """Tell whether the actor coordinates a centre."""
    return holds(by, centre.village_id, Role.COORDINATOR, of=centre.pk)


def is_accredited(by: Actor, centre: Centre, *, at: datetime) -> bool:
    """Tell whether the actor is a volunteer under a centre now."""
    return (
        not by.is_assisted
        and is_member(by, centre.village_id)
        and Accreditation.objects.in_force(at)
        .filter(centre=centre, volunteer=by.principal_id)
        .exists()
    )


def coordinated_centres(by: Actor) -> set[UUID]:
    """Give the centres that the actor coordinates, by a role of their own village."""
    open_ones = Centre.objects.filter(held(by, Role.COORDINATOR, of="pk"), closed_at=None)
    return set(open_ones.values_list("pk", flat=True))


def accredited_centres(by: Actor, *, at: datetime) -> set[UUID]:
    """Give the centres under which the actor is a volunteer now."""
    if by.is_assisted:
        return set()
    under = Accreditation.objects.in_force(at).filter(
        Exists(_living_in("village").filter(resident=by.principal_id)),
        volunteer=by.principal_id,
    )
    return set(under.values_list("centre", flat=True))


def volunteers_of(centre: Centre, *, at: datetime) -> set[UUID]:
    """Give the volunteers who may act under a centre now."""
    accredited = Accreditation.objects.in_force(at).filter(centre=centre)
    return set(accredited.values_list("volunteer", flat=True))


def assigned_to(mandate: Mandate) -> set[UUID]:
    """Give the volunteers who are named to carry out a mandate."""
    return carriers_of(mandate.pk)


def carriers_of(mandate_id: UUID) -> set[UUID]:
    """Give the volunteers who are named to carry out a mandate of this id."""
    current = Assignment.objects.filter(mandate=mandate_id, ended_at=None)
    return set(current.values_list("volunteer", flat=True))


def home_served_by(centre: Centre, person_id: UUID) -> str | None:
    """Give the village in which a centre looks after a person: its own, or one it serves."""
    homes = villages_of_person(person_id)
    if centre.village_id in homes:
        return centre.village_id
    served = set(centre.serves.values_list("pk", flat=True))
    return min(homes & served, default=None)


def villages_of_person(person_id: UUID) -> set[str]:
    """Give where somebody lives."""
    current = Membership.objects.current().filter(resident=person_id, resident__is_active=True)
    return set(current.values_list("village", flat=True))


def is_frozen(person_id: UUID, *, at: datetime) -> bool:
    """Tell whether somebody stopped everything not long ago."""
    return Freeze.objects.filter(resident=person_id, until__gt=at).exists()


def centres_among(ids: Collection[UUID]) -> QuerySet[Centre]:
    """Give some centres."""
    return Centre.objects.filter(pk__in=ids)


def desk_of(by: Actor, centre_id: UUID, *, at: datetime) -> Centre | None:
    """Give a centre if the actor works there; to all others its desk looks absent."""
    found = Centre.objects.filter(pk=centre_id, closed_at=None).first()
    if found is None or not (is_coordinator(by, found) or is_accredited(by, found, at=at)):
        return None
    return found


def desk_or_404(by: Actor, centre_id: UUID, *, at: datetime) -> Centre:
    """
    Find a centre where the actor works.

    :raises NotFound: if there is none of this id, or the actor does not work there
    """
    found = desk_of(by, centre_id, at=at)
    if found is None:
        raise NotFound
    return found


def centre_places(village: str) -> dict[UUID, Place]:
    """Give the centres of a village, closed ones too, for the roles that are of one."""
    return {
        each.pk: Place(
            each.name,
            address=each.address,
            phone=each.phone,
            hours=each.opening_hours,
            is_closed=each.closed_at is not None,
        )
        for each in Centre.objects.filter(village=village).order_by("name")
    }


def coordinated_or_404(by: Actor, centre_id: UUID, *, at: datetime) -> Centre:
    """
    Find a centre that the actor coordinates.

    :raises NotFound: if she does not work at such a centre
    :raises Forbidden: if she works there as a volunteer only
    """
    centre = desk_or_404(by, centre_id, at=at)
    if not is_coordinator(by, centre):
        raise Forbidden(_("Only a coordinator of the centre sees this."))
    return centre


def accreditations_of(centre: Centre) -> QuerySet[Accreditation]:
    """Give the volunteers of a centre, those who have been let go too."""
    rows = Accreditation.objects.filter(centre=centre)
    return rows.select_related("volunteer").prefetch_related("vouchers")


def village_of_centre(centre_id: UUID) -> str:
    """Give the village in which a centre stands."""
    return Centre.objects.get(pk=centre_id).village_id


def _given_or_held(by: Actor, at: datetime) -> Q:
    held = mandates_of_helper(by.principal_id, at=at)
    return Q(person=by.principal_id) | Q(pk__in=held.values("pk"))


def _living_in(village: str) -> QuerySet[Membership]:
    return Membership.objects.current().filter(village=OuterRef(village))


def _in_force(by: Actor, at: datetime) -> QuerySet[Mandate]:
    assert by.helper_id is not None and by.mandate_id is not None
    return mandates_of_helper(by.helper_id, at=at).filter(pk=by.mandate_id, person=by.principal_id)
