"""Setting a village up."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from village.core import geojson, images
from village.core.actor import Actor
from village.core.errors import DomainError, Invalid, NotFound
from village.journal.actions import record
from village.residents.actions import show_first_names
from village.residents.models import Neighbourhood, Village
from village.residents.naming import check_village_name
from village.stewardship import facts, policies
from village.stewardship.facts import Part
from village.stewardship.models import Setup
from village.stewardship.settings import VillageSettings

ARMS_MAX = 1024 * 1024
ARMS_WIDTH = 320
NEIGHBOURHOODS_MAX = 100


class NeighbourhoodKnown(DomainError):
    """The village has a neighbourhood of this name already."""

    code = "stewardship.neighbourhood_known"


# What stands with the village itself, where every room reads it.
OF_THE_VILLAGE: Final = {"name", "language", "zone", "full_names"}


@transaction.atomic
def change_settings(
    *, by: Actor, village: str, settings: VillageSettings, at: datetime
) -> VillageSettings:
    """
    Set all settings of a village at once.

    :raises NotFound: if the actor does not belong to the village
    :raises Forbidden: if she is no steward
    :raises StrangeName: if the letters of its name are none of one language
    :raises NameTaken: if its name may be taken for that of another village
    """
    home = _home(by, village)
    if settings.name != home.name:
        check_village_name(settings.name, but=village, field="name")
    home.name, home.language, home.zone = settings.name, settings.language, settings.zone
    home.full_names = settings.full_names
    home.save(update_fields=["name", "language", "zone", "full_names"])
    if not home.full_names:
        show_first_names(home)
    setup = _setup(home, at)
    setup.settings = settings.model_dump(mode="json", exclude=OF_THE_VILLAGE)
    setup.save(update_fields=["settings", "changed_at"])
    _record(by, village, Part.SETTINGS, at)
    return settings


@transaction.atomic
def draw_boundary(
    *, by: Actor, village: str, boundary: dict[str, Any] | None, at: datetime
) -> None:
    """
    Draw the boundary of a village as GeoJSON, or with ``None`` take it away.

    :raises NotFound: if the actor does not belong to the village
    :raises Forbidden: if she is no steward
    :raises Invalid: if it is no boundary, or the village lies outside of it
    """
    home = _home(by, village)
    if boundary is not None:
        try:
            rings = geojson.rings_of(boundary)
        except geojson.BoundaryRefused as refused:
            raise Invalid(
                _("This boundary cannot be drawn: %(why)s.") % {"why": refused}, field="boundary"
            ) from None
        if not geojson.holds(rings, (home.lng, home.lat)):
            raise Invalid(_("The village itself lies outside of this boundary."), field="boundary")
    setup = _setup(home, at)
    setup.boundary = boundary
    setup.save(update_fields=["boundary", "changed_at"])
    _record(by, village, Part.BOUNDARY, at)


@transaction.atomic
def show_arms(*, by: Actor, village: str, picture: bytes | None, at: datetime) -> None:
    """
    Give a village its coat of arms, or with ``None`` take it away.

    :raises NotFound: if the actor does not belong to the village
    :raises Forbidden: if she is no steward
    :raises Invalid: if it is no picture that can be shown
    """
    home = _home(by, village)
    arms = None
    if picture is not None:
        if len(picture) > ARMS_MAX:
            raise Invalid(_("A coat of arms has at most 1 MB."), field="file")
        try:
            arms = images.render(picture, widths=[ARMS_WIDTH]).variants[0].webp
        except images.ImageRefused as refused:
            raise Invalid(_(refused.sentence), field="file") from None
    setup = _setup(home, at)
    setup.arms = arms
    setup.save(update_fields=["arms", "changed_at"])
    _record(by, village, Part.ARMS, at)


@transaction.atomic
def name_neighbourhood(*, by: Actor, village: str, name: str, at: datetime) -> Neighbourhood:
    """
    Name a part of the village.

    :raises NotFound: if the actor does not belong to the village
    :raises Forbidden: if she is no steward
    :raises NeighbourhoodKnown: if there is one of this name
    """
    home = _home(by, village)
    if Neighbourhood.objects.filter(village=home).count() >= NEIGHBOURHOODS_MAX:
        raise Invalid(_("There are as many neighbourhoods as a village can have."), field="name")
    made, is_new = Neighbourhood.objects.get_or_create(
        village=home, name=name, defaults={"created_at": at}
    )
    if not is_new:
        raise NeighbourhoodKnown(_("There is a neighbourhood of this name already."), field="name")
    _record(by, village, Part.NEIGHBOURHOODS, at)
    return made


@transaction.atomic
def forget_neighbourhood(*, by: Actor, neighbourhood_id: UUID, at: datetime) -> None:
    """
    Forget a neighbourhood; whoever lives there still lives in the village.

    :raises NotFound: if there is none that the actor can see
    :raises Forbidden: if she is no steward
    """
    found = Neighbourhood.objects.select_for_update().filter(pk=neighbourhood_id).first()
    if found is None:
        raise NotFound
    policies.may_steward(by, found.village_id).enforce()
    village = found.village_id
    found.delete()
    _record(by, village, Part.NEIGHBOURHOODS, at)


def _home(by: Actor, village: str) -> Village:
    """Lock the village, so that two stewards set it up one after the other."""
    found = Village.objects.select_for_update().filter(pk=village).first()
    if found is None:
        raise NotFound
    policies.may_steward(by, village).enforce()
    return found


def _setup(village: Village, at: datetime) -> Setup:
    setup, _is_new = Setup.objects.get_or_create(village=village, defaults={"changed_at": at})
    setup.changed_at = at
    return setup


def _record(by: Actor, village: str, part: Part, at: datetime) -> None:
    record(facts.VillageSetUp(village=village, part=part), by=by, at=at)
