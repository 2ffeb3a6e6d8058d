"""The town hall of Lindental, and authorities on this machine."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from django.test import Client

from tests.alerts.factories import danger
from tests.support.cast import DEPARTMENT, Cast
from tests.support.feed_server import feed_server
from village.alerts import actions
from village.alerts.models import Alert
from village.core.actor import Actor
from village.messaging.models import Department
from village.residents.models import Resident

__all__ = ["feed_server"]
As = Callable[[Resident], Actor]


@pytest.fixture(autouse=True)
def town_hall(cast: Cast, at: datetime, settings: Any) -> Department:
    """Open the department whose clerk otto is, and ask nobody on this machine."""
    settings.OUTBOUND_ALLOWED_HOSTS = []
    return Department.objects.create(
        id=DEPARTMENT, village=cast.lindental, name="Town hall", created_at=at
    )


@pytest.fixture
def draft(otto: Resident, as_: As, at: datetime) -> Alert:
    """Let otto write down that the water rises."""
    return actions.draft_alert(by=as_(otto), village="lindental", danger=danger(at), at=at)


@pytest.fixture
def flood(draft: Alert, stella: Resident, as_: As, at: datetime) -> Alert:
    """Let stella release it."""
    return actions.release_alert(by=as_(stella), alert_id=draft.pk, at=at)


@pytest.fixture
def browse() -> Callable[[Resident], Client]:
    """Open a browser as somebody."""

    def browser(resident: Resident) -> Client:
        client = Client()
        client.force_login(resident, backend="django.contrib.auth.backends.ModelBackend")
        return client

    return browser
