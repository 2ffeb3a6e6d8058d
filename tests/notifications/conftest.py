"""What the tests of telling people share."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from django.utils import timezone

from notifications import actions
from notifications.models import Device, DeviceKind
from tests.support.cast import Cast
from village.assist.facts import MandateGranted
from village.core.actor import Actor
from village.journal.actions import record
from village.journal.readers import Recorded
from village.residents.models import Resident


@pytest.fixture
def now() -> datetime:
    """Give the moment by the clock that the worker reads."""
    return timezone.now()


@pytest.fixture
def granted(cast: Cast, now: datetime) -> Callable[..., Recorded]:
    """Record that carla registered a mandate of edda's: a personal matter of one reader."""

    def grant(**changes: Any) -> Recorded:
        values: dict[str, Any] = {
            "village": "lindental",
            "mandate": cast.mandate.pk,
            "centre": cast.centre.pk,
            "person": cast.edda.pk,
        }
        return record(MandateGranted(**{**values, **changes}), by=Actor(cast.carla.pk), at=now)

    return grant


@pytest.fixture
def phone(now: datetime) -> Callable[..., Device]:
    """Give somebody a phone."""

    def register(
        resident: Resident, address: str = "a-phone", kind: DeviceKind = DeviceKind.FCM_FID
    ) -> Device:
        return actions.register_device(by=Actor(resident.pk), kind=kind, address=address, at=now)

    return register
