"""An alert of ours as a message of the standard."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from urllib.parse import urlsplit

from django.conf import settings

from village.alerts import cap, queries
from village.alerts.models import Alert
from village.alerts.wordings import Text
from village.residents.models import Village


def sender_of(village: str) -> str:
    """Give the name by which a village signs its warnings, unique in the world by its host."""
    return f"{village}@{urlsplit(settings.SITE_URL).hostname}"


def to_the_second(at: datetime) -> datetime:
    """Give a moment as the standard tells it."""
    return at.astimezone(UTC).replace(microsecond=0)


def write(alert: Alert, village: Village) -> bytes:
    """
    Write an alert of ours down for other systems.

    :raises CapRefused: if the standard cannot say it
    """
    area = _area(alert, village)
    return cap.write(
        cap.Message(
            identifier=alert.identifier,
            sender=alert.sender,
            sent=alert.sent_at,
            status=cap.Status.EXERCISE if alert.is_drill else cap.Status.ACTUAL,
            msg_type=cap.MsgType(alert.msg_type),
            scope=cap.Scope.PUBLIC,
            note="This is a drill." if alert.is_drill else "",
            references=tuple(map(_read_reference, alert.references)),
            infos=tuple(_info(alert, village, text, area) for text in alert.texts),
        )
    )


def quiet(village: Village, since: datetime) -> bytes:
    """Say to other systems that nothing is in force, since a moment."""
    return cap.write(
        cap.Message(
            identifier=f"nothing-in-force.{village.pk}.{since:%Y%m%dT%H%M%SZ}",
            sender=sender_of(village.pk),
            sent=since,
            status=cap.Status.SYSTEM,
            msg_type=cap.MsgType.ALERT,
            scope=cap.Scope.PUBLIC,
            note="No alert is in force.",
        )
    )


def _info(alert: Alert, village: Village, text: Text, area: cap.Area) -> cap.Info:
    response = (cap.ResponseType(alert.response),) if alert.response else ()
    return cap.Info(
        language=text["language"],
        categories=(cap.Category(alert.category),),
        event=text["event"],
        responses=(cap.ResponseType.ALL_CLEAR,) if alert.is_cancel else response,
        urgency=cap.Urgency(alert.urgency),
        severity=cap.Severity(alert.severity),
        certainty=cap.Certainty(alert.certainty),
        effective=alert.sent_at,
        onset=to_the_second(alert.onset_at) if alert.onset_at else None,
        expires=to_the_second(alert.expires_at),
        sender_name=village.name,
        headline=text["headline"],
        description=text["description"],
        instruction=text["instruction"],
        web=f"{settings.SITE_URL}/alerts/{alert.pk}",
        areas=(area,),
    )


def _area(alert: Alert, village: Village) -> cap.Area:
    if alert.polygon is not None:
        return cap.Area(
            alert.area_name, polygons=(tuple((lat, lng) for lng, lat in alert.polygon),)
        )
    if alert.neighbourhoods.all():
        # Where a neighbourhood lies is known to those who live there, and drawn on no map here.
        return cap.Area(alert.area_name)
    return cap.Area(alert.area_name, polygons=_rings(queries.outlines(village)))


def _rings(outlines: Iterable[Iterable[cap.Point]]) -> tuple[tuple[cap.Point, ...], ...]:
    return tuple(tuple(ring) for ring in outlines)


def _read_reference(text: str) -> cap.Reference:
    sender, identifier, sent = text.split(",")
    return cap.Reference(sender, identifier, datetime.fromisoformat(sent))
