"""How stops, rules and what people say of themselves look on the wire."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from pydantic import ConfigDict

from carpool.models import RideProfile, Stop, StopKind
from carpool.schemas.ends import FROM_HOME, EndIn, EndOut, exact_end
from carpool.schemas.journeys import (
    Cents,
)
from village.core.schemas import In, Out, PlaceIn


class StopIn(In):
    """A place to make public; ``account`` is the resident as whom a bench's device signs in."""

    model_config = ConfigDict(
        json_schema_extra={"example": {"place": FROM_HOME, "kind": "square", "account": None}}
    )

    place: PlaceIn
    kind: StopKind
    account: UUID | None = None


class StopOut(Out):
    """A public place where people get in and out."""

    id: UUID
    village: str
    created_at: datetime
    name: str
    kind: str
    lat: float
    lng: float


class RulesIn(In):
    """The most that is shared for each kilometre."""

    model_config = ConfigDict(json_schema_extra={"example": {"cents_per_km": 30}})

    cents_per_km: Cents


class RulesOut(Out):
    """The most that drivers and riders of a village share for each kilometre."""

    village: str
    cents_per_km: int


class ProfileIn(In):
    """What rides need to know of somebody; ``home`` is where her lifts to events begin."""

    model_config = ConfigDict(json_schema_extra={"example": {"is_woman": True, "home": FROM_HOME}})

    is_woman: bool = False
    home: EndIn | None = None


class ProfileOut(Out):
    """What somebody says of herself for rides; nobody else reads it."""

    is_woman: bool
    home: EndOut | None


def stop_out(stop: Stop) -> StopOut:
    """Show a stop."""
    return StopOut(
        id=stop.pk,
        village=stop.village_id,
        created_at=stop.created_at,
        name=stop.name,
        kind=stop.kind,
        lat=stop.lat,
        lng=stop.lng,
    )


def profile_out(profile: RideProfile) -> ProfileOut:
    """Show somebody what she said of herself."""
    home = profile.home
    return ProfileOut(is_woman=profile.is_woman, home=None if home is None else exact_end(home))
