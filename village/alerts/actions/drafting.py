"""Writing an alert down, and checking that it can be said."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from django.utils.translation import gettext as _

from village.alerts import cap, composing, facts, queries
from village.alerts.models import Alert
from village.alerts.wordings import Text, marked
from village.core import geojson
from village.core.actor import Actor
from village.core.errors import DomainError, Invalid, NotFound
from village.journal.actions import record
from village.residents.models import Neighbourhood, Village

LONGEST = timedelta(days=7)
DRAFTS_MAX = 50
TEXTS = ("event", "headline", "description", "instruction")


class TooManyDrafts(DomainError):
    """So many drafts wait already that nobody would find the right one."""

    code = "alerts.too_many_drafts"

    def __init__(self) -> None:
        super().__init__(_("Too many drafts are waiting. Please decide about them first."))


@dataclass(frozen=True, slots=True)
class Area:
    """Say where people are to be told; without neighbourhoods and polygon, everywhere."""

    name: str = ""
    neighbourhoods: Sequence[UUID] = ()
    # A GeoJSON Polygon with one ring.
    polygon: dict[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class Danger:
    """Hold what is to be said; ``texts`` are one for each language."""

    category: cap.Category
    urgency: cap.Urgency
    severity: cap.Severity
    certainty: cap.Certainty
    texts: Sequence[Text]
    expires_at: datetime
    response: cap.ResponseType | None = None
    onset_at: datetime | None = None
    is_drill: bool = False
    area: Area = field(default_factory=Area)


def write_down(by: Actor, home: Village, danger: Danger, told: Alert | None, at: datetime) -> Alert:
    """
    Write a draft: of a new alert, or of the update of one that was told.

    :raises Invalid: if it has no text, lasts too long, or its area is not in the village
    :raises TooManyDrafts: if too many wait already
    """
    if queries.drafts_in(home.pk).filter(feed=None).count() >= DRAFTS_MAX:
        raise TooManyDrafts
    if not danger.texts or not all(text["headline"] and text["event"] for text in danger.texts):
        raise Invalid(_("A warning needs a headline."), field="texts")
    languages = [text["language"] for text in danger.texts]
    if len(set(languages)) != len(languages):
        raise Invalid(_("Please write one text for each language."), field="texts")
    if not at < danger.expires_at <= at + LONGEST:
        raise Invalid(_("A warning ends within seven days."), field="expires_at")
    if danger.onset_at is not None and danger.onset_at > danger.expires_at:
        raise Invalid(_("The danger begins before the warning ends."), field="onset_at")
    near = neighbourhoods_of(home, danger.area.neighbourhoods)
    texts = [_clean(text) for text in danger.texts]
    draft = message_of(
        home,
        told,
        cap.MsgType.ALERT if told is None else cap.MsgType.UPDATE,
        at,
        drafted_by_id=by.principal_id,
        category=danger.category.value,
        response=danger.response.value if danger.response else "",
        urgency=danger.urgency.value,
        severity=danger.severity.value,
        certainty=danger.certainty.value,
        is_drill=danger.is_drill,
        onset_at=danger.onset_at,
        expires_at=composing.to_the_second(danger.expires_at),
        texts=marked(texts) if danger.is_drill else texts,
        area_name=danger.area.name or ", ".join([each.name for each in near]) or home.name,
        polygon=_ring(home, danger.area.polygon),
    )
    draft.neighbourhoods.set(near)
    try:
        composing.write(draft, home)
    except cap.CapRefused as refused:
        raise Invalid(_("This cannot be sent: %(why)s.") % {"why": refused}) from None
    record(facts.AlertDrafted(village=home.pk, alert=draft.pk), by=by, at=at)
    return draft


def message_of(
    home: Village, told: Alert | None, msg_type: cap.MsgType, at: datetime, **said: Any
) -> Alert:
    """Keep a message of our own: the first of a matter, or one that follows what was told."""
    id = uuid4()
    return Alert.objects.create(
        id=id,
        village=home,
        identifier=str(id),
        sender=composing.sender_of(home.pk),
        sent_at=composing.to_the_second(at),
        msg_type=msg_type.value,
        references=[told.reference] if told is not None else [],
        first_id=(told.first_id or told.pk) if told is not None else None,
        replaces=told,
        created_at=at,
        **{**said, "area_name": said["area_name"][:200]},
    )


def _clean(text: Text) -> Text:
    # Browsers send a carriage return with each new line, which XML does not keep.
    said = {name: text.get(name, "").replace("\r\n", "\n").strip() for name in TEXTS}
    return {"language": text["language"], **said}


def home_of(village: str) -> Village:
    """
    Find a village.

    :raises NotFound: if there is none of this name
    """
    found = Village.objects.filter(pk=village).first()
    if found is None:
        raise NotFound
    return found


def neighbourhoods_of(home: Village, ids: Sequence[UUID]) -> list[Neighbourhood]:
    """
    Find neighbourhoods of a village.

    :raises Invalid: if one of them is not there
    """
    found = list(Neighbourhood.objects.filter(village=home, pk__in=ids).order_by("name"))
    if len(found) != len(set(ids)):
        raise Invalid(_("The village has no such neighbourhood."), field="area")
    return found


def _ring(home: Village, polygon: dict[str, Any] | None) -> list[list[float]] | None:
    if polygon is None:
        return None
    try:
        rings = geojson.rings_of(polygon)
    except geojson.BoundaryRefused as refused:
        raise Invalid(
            _("This area cannot be drawn: %(why)s.") % {"why": refused}, field="area"
        ) from None
    if polygon["type"] != "Polygon" or len(rings) != 1:
        raise Invalid(_("An area is one polygon without holes."), field="area")
    ring = [(lat, lng) for lng, lat in rings[0]]
    if not any(cap.rings_touch(ring, outline) for outline in queries.outlines(home)):
        raise Invalid(_("This area does not touch the village."), field="area")
    return [[lng, lat] for lat, lng in ring]
