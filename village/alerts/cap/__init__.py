"""CAP 1.2, the Common Alerting Protocol of OASIS, in and out; knows neither Django nor villages."""

from __future__ import annotations

from village.alerts.cap.checks import CapRefused, check
from village.alerts.cap.places import rings_touch, touches
from village.alerts.cap.reading import MAX_BYTES, NAMESPACE, parse, read, read_element
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
from village.alerts.cap.writing import MEDIA_TYPE, reference_as_text, write

__all__ = [
    "MAX_BYTES",
    "MEDIA_TYPE",
    "NAMESPACE",
    "Area",
    "CapRefused",
    "Category",
    "Certainty",
    "Circle",
    "Info",
    "Message",
    "MsgType",
    "Named",
    "Point",
    "Reference",
    "Resource",
    "ResponseType",
    "Scope",
    "Severity",
    "Status",
    "Urgency",
    "check",
    "parse",
    "read",
    "read_element",
    "reference_as_text",
    "rings_touch",
    "touches",
    "write",
]
