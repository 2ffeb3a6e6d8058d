"""How calls and letters on paper look on the wire."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import ConfigDict, Field

from notifications.actions import CallOutcome
from notifications.handing import Handed
from notifications.paper import script_of
from village.core.schemas import In, Out


class CallOut(Out):
    """Somebody to call, and what to say in her language; without a phone, at her door."""

    notification: UUID
    name: str
    phone: str
    neighbourhood: str
    language: str
    script: str
    told_at: datetime
    tries: int
    is_emergency: bool


class CallsOut(Out):
    """Everybody whom a centre is to call, emergencies first."""

    items: list[CallOut]


class CallMadeIn(In):
    """How a call ended."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "notification": "7b0c6a5e-2d0d-4f0e-9a57-3f5c1f1f6c11",
                "outcome": "reached",
            }
        }
    )

    notification: UUID
    outcome: CallOutcome


class CarriedIn(In):
    """Which letters on paper were put into their boxes."""

    model_config = ConfigDict(
        json_schema_extra={"example": {"notifications": ["7b0c6a5e-2d0d-4f0e-9a57-3f5c1f1f6c11"]}}
    )

    notifications: Annotated[list[UUID], Field(min_length=1, max_length=500)]


class CarriedOut(Out):
    """How many letters are noted as carried now that were not."""

    carried: int


def show_call(call: Handed) -> CallOut:
    """Show a call to be made."""
    return CallOut(
        notification=call.notification_id,
        name=call.name,
        phone=call.phone,
        neighbourhood=call.neighbourhood,
        language=call.language,
        script=script_of(call),
        told_at=call.told_at,
        tries=call.tries,
        is_emergency=call.is_emergency,
    )
