"""The verbs for somebody who needs nothing digital: she comes to the desk, and that is enough."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from village.assist import facts, policies, queries
from village.assist.models import Centre, Reach, ReachedBy
from village.core.actor import SYSTEM, Actor
from village.core.errors import DomainError, Invalid, NotFound
from village.core.geo import Point
from village.journal.actions import record
from village.residents.actions import join_village
from village.residents.models import Language, Resident
from village.residents.naming import check_name
from village.residents.queries import members


class PersonKnown(DomainError):
    """Somebody of this name and birth date is registered already."""

    code = "assist.person_known"


@dataclass(frozen=True, slots=True)
class Letterbox:
    """Hold where somebody's letters are put into a box: street and number, and where that is."""

    door: str
    point: Point | None = None


@dataclass(frozen=True, slots=True)
class Person:
    """Hold what a centre needs to know of somebody; the first language is spoken with her."""

    display_name: str
    born_on: date
    languages: Sequence[Language]
    large_print: bool
    ways: Sequence[ReachedBy]
    phone: str = ""
    letterbox: Letterbox | None = None


@transaction.atomic
def register_person(*, by: Actor, centre_id: UUID, person: Person, at: datetime) -> Resident:
    """
    Register somebody at the desk: she needs no address, no phone and no password.

    :raises NotFound: if the actor does not work at such a centre
    :raises Forbidden: if the actor is no coordinator of it
    :raises PersonKnown: if she is registered already, or somebody has her number
    :raises Invalid: if her birthday is yet to come, or she cannot be reached as she wishes
    :raises StrangeName: if the letters of her name are none of one language
    :raises NameTaken: if her name may be taken for that of an office of the village
    """
    centre = queries.desk_or_404(by, centre_id, at=at)
    policies.may_look_after(by, centre, UUID(int=0)).enforce()
    if person.born_on > at.astimezone(centre.village.tzinfo).date():
        raise Invalid(_("This birthday is yet to come."), field="born_on")
    check_name(person.display_name, village=centre.village_id, field="display_name")
    _refuse_known(centre, person)
    _check_ways(person.ways, phone=person.phone, email="")
    resident = Resident.objects.create_user(
        person.display_name,
        born_on=person.born_on,
        phone=person.phone or None,
        language=person.languages[0],
        large_print=person.large_print,
    )
    join_village(by=SYSTEM, village=centre.village, resident=resident, at=at)
    Reach.objects.create(
        resident=resident,
        ways=list(person.ways),
        languages=list(person.languages),
        centre=centre,
        **_found_at(person.letterbox),
    )
    fact = facts.PersonRegistered(village=centre.village_id, centre=centre.pk, person=resident.pk)
    record(fact, by=by, at=at)
    return resident


@transaction.atomic
def set_reach(
    *,
    by: Actor,
    ways: Sequence[ReachedBy],
    languages: Sequence[Language],
    letterbox: Letterbox | None = None,
    centre_id: UUID | None = None,
    person_id: UUID | None = None,
    at: datetime,
) -> Reach:
    """
    Say how somebody wants to be reached, in her order: she herself, or a coordinator at the desk.

    Without a letterbox, the one that is known stays; one without a door takes it away.

    :raises NotFound: in somebody else's name, or if the centre serves nobody of this id
    :raises Forbidden: if the actor is no coordinator of the centre
    :raises Invalid: if she cannot be reached this way
    """
    if by.is_assisted:
        raise NotFound
    centre = None
    resident_id = by.principal_id
    if centre_id is not None and person_id is not None:
        centre = queries.desk_or_404(by, centre_id, at=at)
        policies.may_look_after(by, centre, person_id).enforce()
        if queries.home_served_by(centre, person_id) is None:
            raise NotFound
        resident_id = person_id
    resident = Resident.objects.get(pk=resident_id)
    _check_ways(ways, phone=resident.phone or "", email=resident.email or "")
    reach, _is_new = Reach.objects.update_or_create(
        resident=resident,
        defaults={"ways": list(ways), "languages": list(languages), **_found_at(letterbox)}
        | ({"centre": centre} if centre else {}),
    )
    homes = sorted(queries.villages_of_person(resident_id))
    if homes:
        record(facts.ReachChanged(village=homes[0], person=resident_id), by=by, at=at)
    return reach


def _found_at(letterbox: Letterbox | None) -> dict[str, Any]:
    if letterbox is None:
        return {}
    point = letterbox.point
    return {"door": letterbox.door, "lat": point and point.lat, "lng": point and point.lng}


def _refuse_known(centre: Centre, person: Person) -> None:
    same = members(centre.village_id).filter(
        display_name__iexact=person.display_name, born_on=person.born_on
    )
    if same.exists():
        raise PersonKnown(
            _("Somebody of this name and birthday is registered already."), field="display_name"
        )
    if person.phone and Resident.objects.filter(phone=person.phone).exists():
        raise PersonKnown(_("This number belongs to somebody else already."), field="phone")


def _check_ways(ways: Sequence[ReachedBy], *, phone: str, email: str) -> None:
    if len(set(ways)) < len(ways):
        raise Invalid(_("Each way stands once in the order."), field="ways")
    if not phone and {ReachedBy.VOICE, ReachedBy.SMS} & set(ways):
        raise Invalid(_("A call or a text message needs a number."), field="ways")
    if not email and ReachedBy.EMAIL in ways:
        raise Invalid(_("An e-mail needs an address."), field="ways")
