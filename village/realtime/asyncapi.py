"""The socket's reference, generated from the declared topics: an AsyncAPI 3 document."""

from __future__ import annotations

import inspect
import typing
from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from village.journal.facts import Fact
from village.journal.topics import Render, Topic
from village.realtime.access import access
from village.realtime.names import ME
from village.realtime.protocol import SUBPROTOCOL

_OWN = "residents/{resident}"
_STRING: dict[str, Any] = {"type": "string"}
_NUMBER: dict[str, Any] = {"type": "integer", "minimum": 0}
_POSITION = {
    "type": "object",
    "required": ["epoch", "seq"],
    "properties": {"epoch": _STRING, "seq": _NUMBER},
}
# What is said beside events: who says it, its fields, and which of them may be left out.
_SPOKEN: dict[str, tuple[str, dict[str, Any], set[str]]] = {
    "hello": ("client", {"ticket": _STRING}, {"ticket"}),
    "subscribe": ("client", {"topic": _STRING, "since": _POSITION}, {"since"}),
    "unsubscribe": ("client", {"topic": _STRING}, set()),
    "ack": ("client", {"topic": _STRING, "seq": _NUMBER}, set()),
    "ping": ("client", {}, set()),
    "welcome": (
        "server",
        {
            "resident": {"type": "string", "format": "uuid"},
            "heartbeat": _NUMBER,
            "window": _NUMBER,
            "now": {"type": "string", "format": "date-time"},
        },
        set(),
    ),
    "subscribed": (
        "server",
        {"topic": _STRING, "epoch": _STRING, "seq": _NUMBER, "recovered": {"type": "boolean"}},
        set(),
    ),
    "reset": (
        "server",
        {
            "topic": _STRING,
            "reason": {"enum": ["epoch", "trimmed", "too_far", "ahead"]},
            "epoch": _STRING,
            "seq": _NUMBER,
            "snapshot": _STRING,
        },
        set(),
    ),
    "refused": (
        "server",
        {
            "topic": _STRING,
            "code": {"enum": ["topic.not_admitted", "topic.unknown", "topic.limit"]},
        },
        set(),
    ),
    "top": (
        "server",
        {"positions": {"type": "object", "additionalProperties": _NUMBER}},
        set(),
    ),
    "pong": ("server", {}, set()),
    "going_away": ("server", {"retry_after": {"type": "number", "minimum": 0}}, set()),
    # The server adds who is writing.
    "typing": ("both", {"topic": _STRING, "by": {"type": "string", "format": "uuid"}}, {"by"}),
}


def document() -> dict[str, Any]:
    """Give the AsyncAPI 3.0 document of the socket."""
    topics = [topic for topic in Topic.declared.values() if topic is not access]
    cargo = {
        (topic, fact): shown_by(each.render)
        for topic in topics
        for fact, each in topic.cargo.items()
    }
    models = sorted(set(cargo.values()), key=lambda model: model.__name__)
    names, schemas = models_json_schema(
        [(model, "serialization") for model in models],
        ref_template="#/components/schemas/{model}",
    )
    messages = {kind: _spoken(kind) for kind in _SPOKEN}
    channels: dict[str, Any] = {
        "socket": {
            "address": "/ws",
            "description": f"One socket a client, subprotocol {SUBPROTOCOL}, JSON text frames.",
            "messages": {kind: _ref("messages", kind) for kind in _SPOKEN},
        }
    }
    operations = {"say": _operation("receive", "client"), "hear": _operation("send", "server")}
    for topic in topics:
        key = _key(topic)
        carried = {}
        for fact in topic.cargo:
            name = f"{key}.{fact.kind}"
            messages[name] = _event(fact, names[(cargo[(topic, fact)], "serialization")])
            carried[name] = _ref("messages", name)
        address = ME if topic.path == _OWN else topic.path
        channels[key] = {
            "address": address,
            "description": "A topic, followed over the socket with a subscribe frame.",
            "messages": carried,
        }
        if address is topic.path and topic.parameters:
            channels[key]["parameters"] = {name: {} for name in topic.parameters}
        operations[f"follow {address}"] = {
            "action": "send",
            "channel": {"$ref": f"#/channels/{key}"},
        }
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": "Pocket village: live channels",
            "version": "1",
            "description": "Numbered frames of every topic a screen can follow.",
        },
        "channels": channels,
        "operations": operations,
        "components": {"messages": messages, "schemas": schemas.get("$defs", {})},
    }


def shown_by(render: Render) -> type[BaseModel]:
    """
    Give the model a renderer shows, as its return annotation says.

    :raises TypeError: if it does not say so
    """
    shown = typing.get_type_hints(inspect.unwrap(render)).get("return")
    for candidate in (shown, *typing.get_args(shown)):
        if inspect.isclass(candidate) and issubclass(candidate, BaseModel):
            return candidate
    raise TypeError(f"{render!r} does not say which model it shows")


def _event(fact: type[Fact], schema: dict[str, Any]) -> dict[str, Any]:
    gone = {
        "type": "object",
        "required": ["gone"],
        "properties": {"gone": {"const": True}},
        "description": "What the fact was about has been taken back or erased.",
    }
    return {
        "name": fact.kind,
        "summary": (fact.__doc__ or "").strip(),
        "payload": {
            "type": "object",
            "required": ["type", "topic", "seq", "kind", "at", "data"],
            "properties": {
                "type": {"const": "event"},
                "topic": _STRING,
                "seq": {"type": "integer", "minimum": 1},
                "kind": {"const": fact.kind},
                "at": {"type": "string", "format": "date-time"},
                "data": {"anyOf": [schema, gone]},
            },
        },
    }


def _spoken(kind: str) -> dict[str, Any]:
    _, fields, optional = _SPOKEN[kind]
    required = ["type", *(name for name in fields if name not in optional)]
    return {
        "name": kind,
        "payload": {
            "type": "object",
            "required": required,
            "properties": {"type": {"const": kind}, **fields},
        },
    }


def _operation(action: str, who: str) -> dict[str, Any]:
    said = [kind for kind, (speaker, _, _) in _SPOKEN.items() if speaker in (who, "both")]
    return {
        "action": action,
        "channel": {"$ref": "#/channels/socket"},
        "messages": [{"$ref": f"#/channels/socket/messages/{kind}"} for kind in said],
    }


def _key(topic: Topic) -> str:
    return topic.path.replace("/", ".").replace("{", "").replace("}", "")


def _ref(section: str, name: str) -> dict[str, str]:
    return {"$ref": f"#/components/{section}/{name}"}
