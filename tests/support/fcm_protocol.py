"""What FCM's HTTP v1 accepts and how it refuses, for the server that stands in for it."""

from __future__ import annotations

import json
from typing import Any

import jsonschema

TARGETS = ("fid", "token", "topic", "condition")
MESSAGING_SCOPES = {
    "https://www.googleapis.com/auth/firebase.messaging",
    "https://www.googleapis.com/auth/cloud-platform",
}
LONGEST_PAYLOAD = 4096
LONGEST_TTL = 2_419_200


def _closed(**properties: Any) -> dict[str, Any]:
    return {"type": "object", "properties": properties, "additionalProperties": False}


TEXT = {"type": "string"}
TARGET = {"type": "string", "minLength": 1, "maxLength": 4096}
TEXTS = {"type": "object", "additionalProperties": TEXT}
# A key of the data may not be one that FCM itself uses.
DATA = {
    **TEXTS,
    "propertyNames": {"not": {"pattern": r"^(from|message_type|google\..*|gcm\..*)$"}},
}
NUMBER_TEXT = {"type": "string", "pattern": r"^(0|[1-9][0-9]*)$"}

# https://firebase.google.com/docs/reference/fcm/rest/v1/projects.messages, as far as the village
# uses it: a field that is not here is unknown, as it would be there.
SEND_REQUEST = _closed(
    validate_only={"type": "boolean"},
    message=_closed(
        data=DATA,
        notification=_closed(title=TEXT, body=TEXT, image=TEXT),
        android=_closed(
            collapse_key=TEXT,
            priority={"enum": ["normal", "high"]},
            ttl={"type": "string", "pattern": r"^[0-9]+(\.[0-9]{1,9})?s$"},
            notification=_closed(tag=TEXT, channel_id=TEXT, sound=TEXT),
        ),
        apns=_closed(
            headers={
                "type": "object",
                "properties": {
                    "apns-priority": {"enum": ["1", "5", "10"]},
                    "apns-expiration": NUMBER_TEXT,
                    "apns-collapse-id": {"type": "string", "minLength": 1, "maxLength": 64},
                },
                "additionalProperties": TEXT,
            },
            payload={"type": "object", "required": ["aps"]},
        ),
        webpush=_closed(
            headers={
                "type": "object",
                "properties": {
                    "TTL": NUMBER_TEXT,
                    "Urgency": {"enum": ["very-low", "low", "normal", "high"]},
                    # RFC 8030, section 5.4.
                    "Topic": {"type": "string", "pattern": r"^[A-Za-z0-9_-]{1,32}$"},
                },
                "additionalProperties": TEXT,
            },
            data=TEXTS,
            notification={"type": "object"},
            fcm_options=_closed(link={"type": "string", "pattern": "^https://"}),
        ),
        **dict.fromkeys(TARGETS, TARGET),
    ),
)
SEND_REQUEST["required"] = ["message"]
_VALIDATOR = jsonschema.Draft202012Validator(SEND_REQUEST)


def violations(request: Any) -> list[dict[str, str]]:
    """Return what FCM would find wrong with a request, each with its field."""
    found = [
        {"field": ".".join(str(step) for step in error.absolute_path), "description": error.message}
        for error in _VALIDATOR.iter_errors(request)
    ]
    if found:
        return found
    message = request["message"]
    if len([name for name in TARGETS if name in message]) != 1:
        return [{"field": "message", "description": "Exactly one target is needed."}]
    ttl = message.get("android", {}).get("ttl", "0s")
    if float(ttl.removesuffix("s")) > LONGEST_TTL:
        return [{"field": "message.android.ttl", "description": "Invalid TTL."}]
    payload = {name: message.get(name) for name in ("notification", "data")}
    if len(json.dumps(payload, ensure_ascii=False).encode()) > LONGEST_PAYLOAD:
        return [{"field": "message", "description": "The message is too big."}]
    return []


def refusal(
    code: int,
    status: str,
    message: str,
    *,
    fcm_code: str = "",
    violations: list[dict[str, str]] | None = None,
) -> dict[str, Any]:
    """Return the body of a refusal (https://cloud.google.com/apis/design/errors)."""
    details: list[dict[str, Any]] = []
    if fcm_code:
        kind = "type.googleapis.com/google.firebase.fcm.v1.FcmError"
        details.append({"@type": kind, "errorCode": fcm_code})
    if violations:
        kind = "type.googleapis.com/google.rpc.BadRequest"
        details.append({"@type": kind, "fieldViolations": violations})
    error = {"code": code, "message": message, "status": status, "details": details}
    return {"error": error}
