"""
What the answers of standard covoiturage must look like, as JSON Schema.

Written after the schemas DriverJourney, PassengerJourney and the regular trips of
fabmob/standard-covoiturage 0.0.1 (Apache License 2.0): the fields that are required, and the types
and values of all that we send. No other field is allowed here, so that none is sent unchecked.
"""

from __future__ import annotations

from typing import Any

DOMAIN = {"type": "string", "pattern": r"^[a-z0-9.-]+$"}
PERSON = {
    "type": "object",
    "required": ["id", "operator", "alias"],
    "additionalProperties": False,
    "properties": {"id": {"type": "string"}, "operator": DOMAIN, "alias": {"type": "string"}},
}
TRIP: dict[str, Any] = {
    "operator": DOMAIN,
    "duration": {"type": "integer", "minimum": 0},
    "distance": {"type": "integer", "minimum": 0},
    "passengerPickupLat": {"type": "number"},
    "passengerPickupLng": {"type": "number"},
    "passengerPickupAddress": {"type": "string"},
    "passengerDropLat": {"type": "number"},
    "passengerDropLng": {"type": "number"},
    "passengerDropAddress": {"type": "string"},
    "webUrl": {"type": "string", "format": "uri"},
    "preferences": {
        "type": "object",
        "additionalProperties": False,
        "properties": {
            "smoking": {"type": "boolean"},
            "animals": {"type": "boolean"},
            "luggageSize": {"type": "integer", "minimum": 1, "maximum": 5},
        },
    },
}
NEEDED = [
    "operator",
    "duration",
    "passengerPickupLat",
    "passengerPickupLng",
    "passengerDropLat",
    "passengerDropLng",
]
DATED: dict[str, Any] = {
    "id": {"type": "string", "minLength": 1, "maxLength": 255},
    "passengerPickupDate": {"type": "integer"},
    "driverDepartureDate": {"type": "integer"},
    "type": {"enum": ["PLANNED", "DYNAMIC", "LINE"]},
}
PRICE = {
    "type": "object",
    "additionalProperties": False,
    "properties": {"type": {"enum": ["FREE", "PAYING", "UNKNOWN"]}},
}
SCHEDULES = {
    "type": "array",
    "items": {
        "type": "object",
        "additionalProperties": False,
        "properties": {
            "passengerPickupDay": {"enum": ["MON", "TUE", "WED", "THU", "FRI", "SAT", "SUN"]},
            "passengerPickupTimeOfDay": {"type": "string", "pattern": r"^\d\d:\d\d:\d\d$"},
        },
    },
}


def _array(required: list[str], properties: dict[str, Any]) -> dict[str, Any]:
    each = {
        "type": "object",
        "required": [*NEEDED, *required],
        "additionalProperties": False,
        "properties": {**TRIP, **properties},
    }
    return {"type": "array", "items": each}


ANSWERS = {
    "driver_journeys": _array(
        ["driver", "passengerPickupDate", "type"],
        {**DATED, "driver": PERSON, "availableSeats": {"type": "integer"}, "price": PRICE},
    ),
    "passenger_journeys": _array(
        ["passenger", "passengerPickupDate", "type", "driverDepartureDate"],
        {**DATED, "passenger": PERSON, "requestedSeats": {"type": "integer"}},
    ),
    "driver_regular_trips": _array(
        ["driver", "schedules"], {"driver": PERSON, "schedules": SCHEDULES}
    ),
    "passenger_regular_trips": _array(
        ["passenger", "schedules"], {"passenger": PERSON, "schedules": SCHEDULES}
    ),
}

# A booking as it is answered: the required fields of the specification's Booking.
BOOKING: dict[str, Any] = {
    "type": "object",
    "required": [
        "id",
        "driver",
        "passenger",
        "status",
        "price",
        "passengerPickupDate",
        "passengerPickupLat",
        "passengerPickupLng",
        "passengerDropLat",
        "passengerDropLng",
    ],
    "additionalProperties": False,
    "properties": {
        **{name: shape for name, shape in TRIP.items() if name not in ("operator", "preferences")},
        # Told beside the specification, as the trips that are found are.
        "operator": DOMAIN,
        "id": {"type": "string", "format": "uuid", "minLength": 36, "maxLength": 36},
        "driver": PERSON,
        "passenger": PERSON,
        "status": {
            "enum": [
                "WAITING_CONFIRMATION",
                "CONFIRMED",
                "CANCELLED",
                "COMPLETED_PENDING_VALIDATION",
                "VALIDATED",
            ]
        },
        "price": {
            "type": "object",
            "additionalProperties": False,
            "properties": {
                "type": {"enum": ["FREE", "PAYING", "UNKNOWN"]},
                "amount": {"type": "number"},
                "currency": {"type": "string"},
            },
        },
        "passengerPickupDate": {"type": "integer"},
        "driverJourneyId": {"type": "string", "minLength": 1, "maxLength": 255},
        "passengerJourneyId": {"type": "string", "minLength": 1, "maxLength": 255},
    },
}
ERROR = {
    "type": "object",
    "required": ["error"],
    "additionalProperties": False,
    "properties": {"error": {"type": "string", "minLength": 1}},
}
