"""Letters and addresses for the tests of the transports."""

from __future__ import annotations

from typing import Any

from notifications.transports.base import Address, AddressKind, Letter


def make_letter(**changes: Any) -> Letter:
    values: dict[str, Any] = {
        "title": "Tom takes you along",
        "body": "Friday at 9:30 at the town hall.",
        "link": "/carpool/bookings/7",
        "collapse_key": "carpool.booking:7",
        "kind": "carpool.ride_booked",
        "data": {"topic": "carpool/offers/7", "seq": "41"},
        "urgent": False,
        "ttl_seconds": 3600,
        "language": "de",
    }
    return Letter(**{**values, **changes})


def fid(value: str) -> Address:
    return Address(AddressKind.FCM_FID, value)


def token(value: str) -> Address:
    return Address(AddressKind.FCM_TOKEN, value)


def email(value: str) -> Address:
    return Address(AddressKind.EMAIL, value)
