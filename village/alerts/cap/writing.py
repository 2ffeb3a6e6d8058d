"""A message written as a CAP 1.2 document, its elements in the order of the schema."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from xml.etree.ElementTree import Element, SubElement, tostring

from village.alerts.cap.checks import check
from village.alerts.cap.reading import DECIMALS, NAMESPACE
from village.alerts.cap.values import Area, Info, Message, Named, Point, Reference, Resource

MEDIA_TYPE = "application/cap+xml"


def write(message: Message) -> bytes:
    """
    Write a message as a CAP 1.2 document, in UTF-8.

    :raises CapRefused: if it breaks a rule of the standard
    """
    check(message)
    root = Element("alert", xmlns=NAMESPACE)
    _line(root, "identifier", message.identifier)
    _line(root, "sender", message.sender)
    _line(root, "sent", told(message.sent))
    _line(root, "status", message.status)
    _line(root, "msgType", message.msg_type)
    _line(root, "source", message.source)
    _line(root, "scope", message.scope)
    _line(root, "restriction", message.restriction)
    _line(root, "addresses", message.addresses)
    _lines(root, "code", message.codes)
    _line(root, "note", message.note)
    _line(root, "references", " ".join(map(reference_as_text, message.references)))
    _line(root, "incidents", message.incidents)
    for info in message.infos:
        _info(SubElement(root, "info"), info)
    document: bytes = tostring(root, encoding="utf-8", xml_declaration=True)
    return document


def told(moment: datetime) -> str:
    """Write a moment as the standard asks for it: to the second, with an offset, never with Z."""
    text = moment.isoformat(timespec="seconds")
    # "-00:00" stands for UTC (CAP 1.2, section 3.3.2).
    return text.removesuffix("+00:00") + "-00:00" if text.endswith("+00:00") else text


def reference_as_text(reference: Reference) -> str:
    """Write how a message is named by a later one."""
    return f"{reference.sender},{reference.identifier},{told(reference.sent)}"


def _info(into: Element, info: Info) -> None:
    _line(into, "language", info.language)
    _lines(into, "category", info.categories)
    _line(into, "event", info.event)
    _lines(into, "responseType", info.responses)
    _line(into, "urgency", info.urgency)
    _line(into, "severity", info.severity)
    _line(into, "certainty", info.certainty)
    _line(into, "audience", info.audience)
    _values(into, "eventCode", info.event_codes)
    for name, moment in (
        ("effective", info.effective),
        ("onset", info.onset),
        ("expires", info.expires),
    ):
        _line(into, name, told(moment) if moment is not None else "")
    _line(into, "senderName", info.sender_name)
    _line(into, "headline", info.headline)
    _line(into, "description", info.description)
    _line(into, "instruction", info.instruction)
    _line(into, "web", info.web)
    _line(into, "contact", info.contact)
    _values(into, "parameter", info.parameters)
    for resource in info.resources:
        _resource(SubElement(into, "resource"), resource)
    for area in info.areas:
        _area(SubElement(into, "area"), area)


def _resource(into: Element, resource: Resource) -> None:
    _line(into, "resourceDesc", resource.description)
    _line(into, "mimeType", resource.mime_type)
    _line(into, "size", "" if resource.size is None else str(resource.size))
    _line(into, "uri", resource.uri)
    _line(into, "derefUri", resource.deref_uri)
    _line(into, "digest", resource.digest)


def _area(into: Element, area: Area) -> None:
    _line(into, "areaDesc", area.description)
    _lines(into, "polygon", (" ".join(map(_point, polygon)) for polygon in area.polygons))
    _lines(
        into,
        "circle",
        (f"{_point(circle.middle)} {_number(circle.radius_km)}" for circle in area.circles),
    )
    _values(into, "geocode", area.geocodes)
    for name, height in (("altitude", area.altitude), ("ceiling", area.ceiling)):
        _line(into, name, "" if height is None else _number(height))


def _point(point: Point) -> str:
    return f"{_number(point[0])},{_number(point[1])}"


def _number(value: float) -> str:
    # Never as 1e-07: readers expect plain decimals.
    return f"{value:.{DECIMALS}f}".rstrip("0").rstrip(".")


def _line(into: Element, name: str, text: str) -> None:
    if text:
        SubElement(into, name).text = text


def _lines(into: Element, name: str, texts: Iterable[str]) -> None:
    for text in texts:
        _line(into, name, text)


def _values(into: Element, name: str, values: Iterable[Named]) -> None:
    for each in values:
        named = SubElement(into, name)
        SubElement(named, "valueName").text = each.name
        SubElement(named, "value").text = each.value
