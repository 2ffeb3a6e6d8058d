"""How alerts look on the wire."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal, TypeVar
from uuid import UUID

from django.utils.translation import gettext as _
from pydantic import ConfigDict, Field, StringConstraints

from village.alerts.actions import Area, Danger
from village.alerts.cap import Category, Certainty, ResponseType, Severity, Urgency
from village.alerts.models import Alert, Stage
from village.alerts.wordings import TEMPLATES, Template, Text
from village.core.errors import Invalid
from village.core.schemas import In, Line, Moment, Out
from village.residents.models import Language

T = TypeVar("T")
Paragraphs = Annotated[
    str,
    StringConstraints(max_length=5_000, strip_whitespace=True, pattern=r"^[^\x00]*$"),
]


class AlertTextIn(In):
    """What people read, in one language."""

    language: Language
    event: Line
    headline: Line
    description: Paragraphs = ""
    instruction: Paragraphs = ""


class AlertAreaIn(In):
    """
    Where people are to be told; without neighbourhoods and polygon, in the whole village.

    ``polygon`` is a GeoJSON Polygon (RFC 7946) with one ring, which touches the village.
    """

    name: Annotated[str, StringConstraints(max_length=200, pattern=r"^[^\x00-\x1f]*$")] = ""
    neighbourhoods: Annotated[list[UUID], Field(max_length=100)] = []
    polygon: dict[str, Any] | None = None


class AlertIn(In):
    """
    An alert to draft: a template, and what is true this time in its place.

    Whatever is given comes before what the template says. Without one, all but ``response``,
    ``onset_at`` and ``area`` must be there.
    """

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "example": {
                "template": "flood",
                "drill": True,
                "expires_at": "2026-11-22T23:00:00+01:00",
                "area": {"name": "By the mill", "neighbourhoods": [], "polygon": None},
            }
        },
    )

    template: str | None = Field(None, max_length=40)
    drill: bool = False
    category: Category | None = None
    response: ResponseType | None = None
    urgency: Urgency | None = None
    severity: Severity | None = None
    certainty: Certainty | None = None
    texts: Annotated[list[AlertTextIn], Field(max_length=len(Language))] = []
    onset_at: Moment | None = None
    expires_at: Moment | None = None
    area: AlertAreaIn = AlertAreaIn()

    def as_danger(self, at: datetime) -> Danger:
        """
        Give what is to be said.

        :raises Invalid: if there is no such template, or without one something is missing
        """
        template = _template(self.template) if self.template is not None else None
        lasts_until = at + template.lasts if template else None
        texts: list[Text] = [each.model_dump(mode="json") for each in self.texts]
        return Danger(
            category=_said("category", self.category, template.category if template else None),
            response=self.response or (template.response if template else None),
            urgency=_said("urgency", self.urgency, template.urgency if template else None),
            severity=_said("severity", self.severity, template.severity if template else None),
            certainty=_said("certainty", self.certainty, template.certainty if template else None),
            texts=_said("texts", texts, template.texts if template else None),
            onset_at=self.onset_at,
            expires_at=_said("expires_at", self.expires_at, lasts_until),
            is_drill=self.drill,
            area=Area(self.area.name.strip(), self.area.neighbourhoods, self.area.polygon),
        )


class AlertCancelIn(In):
    """Why an alert is taken back, in a few words, where there is more to say than that it is."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"example": {"why": "The gauge was wrong."}}
    )

    why: Paragraphs = ""


class AlertTextOut(Out):
    """What people read, in one language."""

    language: str
    event: str
    headline: str
    description: str
    instruction: str


class AlertAreaOut(Out):
    """Where people are told."""

    name: str
    neighbourhoods: list[UUID]
    polygon: dict[str, Any] | None


class AlertOut(Out):
    """
    A warning, how it goes on, or the word that takes it back.

    ``first`` is the alert that the matter began with, ``replaces`` the one before. What is
    ``in_force`` people must know now. ``cap`` is its address in the Common Alerting Protocol.
    """

    id: UUID
    village: str
    created_at: datetime
    stage: Stage
    kind: Literal["alert", "update", "cancel"]
    drill: bool
    grave: bool
    category: str
    response: str | None
    urgency: str
    severity: str
    certainty: str
    texts: list[AlertTextOut]
    area: AlertAreaOut
    source: str
    sent_at: datetime
    onset_at: datetime | None
    expires_at: datetime
    first: UUID
    replaces: UUID | None
    cap: str | None


class AlertDraftOut(AlertOut):
    """An alert that waits for a second person; what no person has written came by a feed."""

    drafted_by: UUID | None
    drafted_by_name: str | None


class AlertTemplateOut(Out):
    """A template, in every language of the village; ``lasts_minutes`` is for how long it holds."""

    key: str
    category: str
    response: str
    urgency: str
    severity: str
    certainty: str
    lasts_minutes: int
    texts: list[AlertTextOut]


def show_alert(alert: Alert) -> AlertOut:
    """Show an alert."""
    return AlertOut(**_shown(alert))


def show_draft(alert: Alert) -> AlertDraftOut:
    """Show a draft to those who decide about it."""
    who = alert.drafted_by
    return AlertDraftOut(
        **_shown(alert),
        drafted_by=alert.drafted_by_id,
        drafted_by_name=who.display_name if who else None,
    )


def show_template(template: Template) -> AlertTemplateOut:
    """Show a template."""
    return AlertTemplateOut(
        key=template.key,
        category=template.category,
        response=template.response,
        urgency=template.urgency,
        severity=template.severity,
        certainty=template.certainty,
        lasts_minutes=int(template.lasts.total_seconds() // 60),
        texts=[AlertTextOut(**text) for text in template.texts],
    )


def _shown(alert: Alert) -> dict[str, Any]:
    polygon = None
    if alert.polygon is not None:
        polygon = {"type": "Polygon", "coordinates": [alert.polygon]}
    return {
        "id": alert.pk,
        "village": alert.village_id,
        "created_at": alert.created_at,
        "stage": Stage(alert.stage),
        "kind": alert.msg_type.lower(),
        "drill": alert.is_drill,
        "grave": alert.is_grave,
        "category": alert.category,
        "response": alert.response or None,
        "urgency": alert.urgency,
        "severity": alert.severity,
        "certainty": alert.certainty,
        "texts": alert.texts,
        "area": AlertAreaOut(
            name=alert.area_name,
            neighbourhoods=sorted(each.pk for each in alert.neighbourhoods.all()),
            polygon=polygon,
        ),
        "source": alert.feed.name if alert.feed else alert.sender,
        "sent_at": alert.sent_at,
        "onset_at": alert.onset_at,
        "expires_at": alert.expires_at,
        "first": alert.first_id or alert.pk,
        "replaces": alert.replaces_id,
        "cap": f"/alerts/{alert.pk}.cap" if alert.document else None,
    }


def _template(key: str) -> Template:
    found = TEMPLATES.get(key)
    if found is None:
        raise Invalid(_("There is no such template."), field="template")
    return found


def _said(field: str, given: T | None, thought_of: T | None) -> T:
    """Give what was written, or else what the template says."""
    found = given or thought_of
    if not found:
        raise Invalid(_("Please fill this in, or begin with a template."), field=field)
    return found
