"""What becomes of a phone on which nobody has used the village for long."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.cache import cache
from django.utils import timezone

from demo.sign_in import session_of
from notifications.models import Device
from tests.auth.app import App
from village.residents.models import Resident
from village.residents.retaining import let_go

pytestmark = pytest.mark.django_db
PHONE = {"kind": "development", "address": "noras-phone"}
KEPT = timedelta(days=60)
HOUR = timedelta(hours=1)


@pytest.fixture
def app(nora: Resident) -> App:
    """Let nora be reached on her phone."""
    app = App()
    app.token = session_of(nora)
    assert app.call("post", "/api/v1/me/devices", PHONE).status_code == 201
    return app


def seen_last(before: timedelta) -> None:
    """Let her phone have been seen for the last time so long ago."""
    cache.clear()
    Device.objects.update(last_seen_at=timezone.now() - before)


def forgotten(later: timedelta) -> int:
    """Let so much time go by, and a night; give how many phones were forgotten."""
    return let_go(at=timezone.now() + later)["notifications.unseen_devices"]


class TestAPhone:
    def test_is_forgotten_after_sixty_days(self, app: App) -> None:
        assert forgotten(KEPT - HOUR) == 0
        assert Device.objects.exists()
        assert forgotten(KEPT + HOUR) == 1
        assert not Device.objects.exists()

    def test_that_says_again_where_it_is_is_kept(self, app: App) -> None:
        seen_last(KEPT - HOUR)
        assert app.call("post", "/api/v1/me/devices", PHONE).status_code == 201
        assert forgotten(KEPT - HOUR) == 0

    def test_that_is_looked_at_is_kept(self, app: App) -> None:
        seen_last(KEPT - HOUR)
        assert app.call("post", "/api/v1/me/presence").status_code == 204
        assert forgotten(KEPT - HOUR) == 0

    def test_is_not_kept_by_another_one_of_hers(self, app: App, nora: Resident) -> None:
        seen_last(KEPT + HOUR)
        other = App()
        other.token = session_of(nora)
        other.call("post", "/api/v1/me/presence")
        assert forgotten(timedelta(0)) == 1

    def test_is_noted_once_a_day_however_long_she_looks(self, app: App) -> None:
        seen_last(timedelta(days=3))
        app.call("post", "/api/v1/me/presence")
        noted = Device.objects.get().last_seen_at
        app.call("post", "/api/v1/me/presence")
        assert Device.objects.get().last_seen_at == noted
