"""What the standard asks of a message beyond its shape: asked of every one, read or written."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from datetime import datetime

from village.alerts.cap.values import Area, Circle, Info, Message, MsgType, Named, Point, Scope

INFOS_MAX = 50
AREAS_MAX = 200
POINTS_MAX = 20_000
# An identifier and a sender "MUST NOT include spaces, commas or restricted characters (< and &)".
_NAME = re.compile(r"[^\s,<&]{1,500}")
# RFC 5646 as far as its shape goes: what XML Schema asks of its "language".
_LANGUAGE = re.compile(r"[a-zA-Z]{1,8}(-[a-zA-Z0-9]{1,8})*")
# What XML 1.0 can carry (section 2.2), without the carriage return, which does not come back.
_UNWRITABLE = re.compile("[^\t\n\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_FOLLOWS = frozenset({MsgType.UPDATE, MsgType.CANCEL, MsgType.ACK, MsgType.ERROR})


class CapRefused(ValueError):
    """The document is no CAP 1.2 message; the words say why, ``where`` names the element."""

    def __init__(self, where: str, why: str) -> None:
        super().__init__(f"{where}: {why}")
        self.where = where


def check(message: Message) -> Message:
    """
    Give the message back when it keeps the rules of CAP 1.2, section 3.2.

    :raises CapRefused: otherwise
    """
    for where, name in (("identifier", message.identifier), ("sender", message.sender)):
        _is_name(where, name)
    _is_moment("sent", message.sent)
    for reference in message.references:
        _is_name("references", reference.sender)
        _is_name("references", reference.identifier)
        _is_moment("references", reference.sent)
    if message.msg_type in _FOLLOWS and not message.references:
        raise CapRefused("references", f"a message of type {message.msg_type} names an earlier one")
    if message.scope is Scope.RESTRICTED and not message.restriction:
        raise CapRefused("restriction", "a restricted message says for whom it is")
    if message.scope is Scope.PRIVATE and not message.addresses:
        raise CapRefused("addresses", "a private message says for whom it is")
    if len(message.infos) > INFOS_MAX:
        raise CapRefused("info", f"more than {INFOS_MAX}")
    for where, text in _texts(message):
        _is_text(where, text)
    for info in message.infos:
        _check_info(info)
    return message


def _check_info(info: Info) -> None:
    if not info.categories:
        raise CapRefused("category", "is missing")
    if not info.event:
        raise CapRefused("event", "is missing")
    if not _LANGUAGE.fullmatch(info.language):
        raise CapRefused("language", "is not the name of a language")
    for where, moment in (
        ("effective", info.effective),
        ("onset", info.onset),
        ("expires", info.expires),
    ):
        if moment is not None:
            _is_moment(where, moment)
    for each in (*info.event_codes, *info.parameters):
        _is_named("valueName", each)
    for resource in info.resources:
        if not resource.description or not resource.mime_type:
            raise CapRefused("resource", "has a description and a media type")
        if resource.size is not None and resource.size < 0:
            raise CapRefused("size", "is not negative")
    if len(info.areas) > AREAS_MAX:
        raise CapRefused("area", f"more than {AREAS_MAX}")
    for area in info.areas:
        _check_area(area)


def _check_area(area: Area) -> None:
    if not area.description:
        raise CapRefused("areaDesc", "is missing")
    if sum(map(len, area.polygons)) > POINTS_MAX:
        raise CapRefused("polygon", f"more than {POINTS_MAX} points")
    for polygon in area.polygons:
        if len(polygon) < 4:
            raise CapRefused("polygon", "has at least four points")
        if polygon[0] != polygon[-1]:
            raise CapRefused("polygon", "ends where it begins")
        for point in polygon:
            _is_point("polygon", point)
    for circle in area.circles:
        _is_circle(circle)
    for code in area.geocodes:
        _is_named("geocode", code)
    for where, height in (("altitude", area.altitude), ("ceiling", area.ceiling)):
        if height is not None and not math.isfinite(height):
            raise CapRefused(where, "is a number")
    if area.ceiling is not None and area.altitude is None:
        raise CapRefused("ceiling", "stands only with an altitude")


def _texts(message: Message) -> Iterator[tuple[str, str]]:
    yield from (
        ("source", message.source),
        ("restriction", message.restriction),
        ("addresses", message.addresses),
        ("note", message.note),
        ("incidents", message.incidents),
    )
    yield from (("code", each) for each in message.codes)
    for info in message.infos:
        yield from (
            ("event", info.event),
            ("audience", info.audience),
            ("senderName", info.sender_name),
            ("headline", info.headline),
            ("description", info.description),
            ("instruction", info.instruction),
            ("web", info.web),
            ("contact", info.contact),
        )
        for resource in info.resources:
            yield from (
                ("resourceDesc", resource.description),
                ("mimeType", resource.mime_type),
                ("uri", resource.uri),
                ("derefUri", resource.deref_uri),
                ("digest", resource.digest),
            )
        yield from (("areaDesc", area.description) for area in info.areas)


def _is_text(where: str, text: str) -> None:
    if _UNWRITABLE.search(text):
        raise CapRefused(where, "holds a character that XML cannot carry")


def _is_name(where: str, name: str) -> None:
    if not _NAME.fullmatch(name):
        raise CapRefused(where, "is empty, or holds a space, a comma, < or &")
    _is_text(where, name)


def _is_named(where: str, named: Named) -> None:
    if not named.name:
        raise CapRefused(where, "is missing")
    _is_text(where, named.name)
    _is_text(where, named.value)


def _is_moment(where: str, moment: datetime) -> None:
    if moment.tzinfo is None:
        raise CapRefused(where, "has no offset")
    if moment.microsecond:
        raise CapRefused(where, "is told to the second")


def _is_point(where: str, point: Point) -> None:
    # Not a number compares false with everything, so it is outside too.
    if not (-90 <= point[0] <= 90 and -180 <= point[1] <= 180):
        raise CapRefused(where, "lies outside of the world")


def _is_circle(circle: Circle) -> None:
    _is_point("circle", circle.middle)
    if not 0 <= circle.radius_km < math.inf:
        raise CapRefused("circle", "has a radius that is not negative")
