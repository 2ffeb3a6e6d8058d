"""A CAP 1.2 document read into values; a stranger's XML is bounded and trusted with nothing."""

from __future__ import annotations

import math
import re
from datetime import UTC, datetime
from enum import StrEnum
from typing import TypeVar
from xml.etree.ElementTree import Element, ParseError

from defusedxml.ElementTree import fromstring

from village.alerts.cap.checks import CapRefused, check
from village.alerts.cap.values import (
    Area,
    Category,
    Certainty,
    Circle,
    Info,
    Message,
    MsgType,
    Named,
    Point,
    Reference,
    Resource,
    ResponseType,
    Scope,
    Severity,
    Status,
    Urgency,
)

NAMESPACE = "urn:oasis:names:tc:emergency:cap:1.2"
MAX_BYTES = 1024 * 1024
# A degree's sixth decimal is a tenth of a metre.
DECIMALS = 6
# The standard asks for an offset. Some senders write Z, and no warning is lost for a letter.
_MOMENT = re.compile(r"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.\d{1,9})?(Z|[+-]\d\d:\d\d)", re.ASCII)
_NUMBER = re.compile(r"[+-]?\d{1,9}(\.\d{1,20})?", re.ASCII)
_SIGNATURES = "{http://www.w3.org/2000/09/xmldsig#}"
E = TypeVar("E", bound=StrEnum)


def read(document: bytes) -> Message:
    """
    Read a CAP 1.2 document.

    Its elements may stand in any order; each is there as often as the schema allows, and none
    that the schema does not know. A signature is passed over.

    :raises CapRefused: if it is too large, not XML, declares a document type, or breaks a rule
    """
    return read_element(parse(document))


def parse(document: bytes) -> Element:
    """
    Parse XML that somebody else wrote: bounded, without document type and entities.

    :raises CapRefused: if it cannot be read
    """
    if len(document) > MAX_BYTES:
        raise CapRefused("document", f"more than {MAX_BYTES} bytes")
    try:
        root: Element = fromstring(document, forbid_dtd=True)
    # What defusedxml forbids is a ValueError, and so is an encoding that cannot be read.
    except (ParseError, ValueError, LookupError) as error:
        raise CapRefused("document", f"cannot be read: {error}") from error
    return root


def read_element(root: Element) -> Message:
    """
    Read a message out of parsed XML: a document, or a part of a feed.

    :raises CapRefused: if it breaks a rule
    """
    if root.tag != f"{{{NAMESPACE}}}alert":
        raise CapRefused("alert", "is not what this document holds")
    fields = _Fields(root)
    message = Message(
        identifier=fields.one("identifier"),
        sender=fields.one("sender"),
        sent=_moment("sent", fields.one("sent")),
        status=fields.named("status", Status),
        msg_type=fields.named("msgType", MsgType),
        scope=fields.named("scope", Scope),
        source=fields.text("source"),
        restriction=fields.text("restriction"),
        addresses=fields.text("addresses"),
        codes=tuple(fields.texts("code")),
        note=fields.text("note"),
        references=tuple(map(_reference, fields.text("references").split())),
        incidents=fields.text("incidents"),
        infos=tuple(map(_info, fields.parts("info"))),
    )
    fields.finish()
    return check(message)


class _Fields:
    """Hand out the children of an element by their names, and know which were never asked for."""

    def __init__(self, element: Element) -> None:
        self._left: dict[str, list[Element]] = {}
        for child in element:
            name = child.tag.removeprefix(f"{{{NAMESPACE}}}")
            if not name.startswith(_SIGNATURES):
                self._left.setdefault(name, []).append(child)

    def parts(self, name: str) -> list[Element]:
        return self._left.pop(name, [])

    def texts(self, name: str) -> list[str]:
        found = self.parts(name)
        if any(len(each) for each in found):
            raise CapRefused(name, "holds text, and nothing else")
        return [(each.text or "").strip() for each in found]

    def text(self, name: str) -> str:
        found = self.texts(name)
        if len(found) > 1:
            raise CapRefused(name, "stands here once")
        return found[0] if found else ""

    def one(self, name: str) -> str:
        found = self.text(name)
        if not found:
            raise CapRefused(name, "is missing")
        return found

    def named(self, name: str, enum: type[E]) -> E:
        return _named(name, self.one(name), enum)

    def moment(self, name: str) -> datetime | None:
        found = self.text(name)
        return _moment(name, found) if found else None

    def number(self, name: str) -> float | None:
        found = self.text(name)
        return _number(name, found) if found else None

    def finish(self) -> None:
        if self._left:
            raise CapRefused(next(iter(self._left))[:80], "has no place here")


def _info(element: Element) -> Info:
    fields = _Fields(element)
    info = Info(
        language=fields.text("language") or "en-US",
        categories=tuple(_named("category", each, Category) for each in fields.texts("category")),
        event=fields.one("event"),
        responses=tuple(
            _named("responseType", each, ResponseType) for each in fields.texts("responseType")
        ),
        urgency=fields.named("urgency", Urgency),
        severity=fields.named("severity", Severity),
        certainty=fields.named("certainty", Certainty),
        audience=fields.text("audience"),
        event_codes=tuple(map(_value, fields.parts("eventCode"))),
        effective=fields.moment("effective"),
        onset=fields.moment("onset"),
        expires=fields.moment("expires"),
        sender_name=fields.text("senderName"),
        headline=fields.text("headline"),
        description=fields.text("description"),
        instruction=fields.text("instruction"),
        web=fields.text("web"),
        contact=fields.text("contact"),
        parameters=tuple(map(_value, fields.parts("parameter"))),
        resources=tuple(map(_resource, fields.parts("resource"))),
        areas=tuple(map(_area, fields.parts("area"))),
    )
    fields.finish()
    return info


def _area(element: Element) -> Area:
    fields = _Fields(element)
    area = Area(
        description=fields.one("areaDesc"),
        polygons=tuple(_polygon(each) for each in fields.texts("polygon")),
        circles=tuple(_circle(each) for each in fields.texts("circle")),
        geocodes=tuple(map(_value, fields.parts("geocode"))),
        altitude=fields.number("altitude"),
        ceiling=fields.number("ceiling"),
    )
    fields.finish()
    return area


def _resource(element: Element) -> Resource:
    fields = _Fields(element)
    size = fields.number("size")
    resource = Resource(
        description=fields.one("resourceDesc"),
        mime_type=fields.one("mimeType"),
        size=None if size is None else int(size),
        uri=fields.text("uri"),
        deref_uri=fields.text("derefUri"),
        digest=fields.text("digest"),
    )
    fields.finish()
    return resource


def _value(element: Element) -> Named:
    fields = _Fields(element)
    named = Named(fields.one("valueName"), fields.text("value"))
    fields.finish()
    return named


def _reference(text: str) -> Reference:
    parts = text.split(",")
    if len(parts) != 3:
        raise CapRefused("references", "each is a sender, an identifier and a moment")
    return Reference(parts[0], parts[1], _moment("references", parts[2]))


def _named(where: str, text: str, enum: type[E]) -> E:
    try:
        return enum(text)
    except ValueError:
        raise CapRefused(where, f"there is no {text[:40]!r}") from None


def _moment(where: str, text: str) -> datetime:
    found = _MOMENT.fullmatch(text)
    try:
        if found is None:
            raise ValueError
        # The nearest midnight of year 1 or 9999 has no UTC.
        return datetime.fromisoformat(found[1] + found[2]).astimezone(UTC)
    except (ValueError, OverflowError):
        raise CapRefused(where, "is not a moment such as 2026-11-22T18:00:00+01:00") from None


def _number(where: str, text: str) -> float:
    if not _NUMBER.fullmatch(text):
        raise CapRefused(where, "is a number")
    value = float(text)
    return value if math.isfinite(value) else 0.0


def _point(where: str, text: str) -> Point:
    parts = text.split(",")
    if len(parts) != 2:
        raise CapRefused(where, "a point is a latitude and a longitude")
    lat, lng = (round(_number(where, part), DECIMALS) for part in parts)
    return lat, lng


def _polygon(text: str) -> tuple[Point, ...]:
    return tuple(_point("polygon", each) for each in text.split())


def _circle(text: str) -> Circle:
    parts = text.split()
    if len(parts) != 2:
        raise CapRefused("circle", "is a point and a radius")
    return Circle(_point("circle", parts[0]), round(_number("circle", parts[1]), DECIMALS))
