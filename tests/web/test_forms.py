"""What every form and every unsafe request has in common."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection, connections
from django.test import Client
from django.utils import timezone

from events.models import Event
from tests.web.test_events import FILLED
from village.core.models import KeptAnswer
from village.residents.models import Resident

pytestmark = pytest.mark.django_db
Browser = Callable[..., Client]
KEY = {"Idempotency-Key": "one"}


class TestLargeBodies:
    def test_are_refused_with_a_key_as_without(self, browser: Browser, nora: Resident) -> None:
        body = b'{"title": "' + b"x" * 1_200_000 + b'"}'
        for headers in ({}, KEY):
            answer = browser(nora).post(
                "/api/v1/villages/lindental/events",
                body,
                content_type="application/json",
                headers=headers,
            )
            assert (answer.status_code, answer.json()["code"]) == (413, "request.too_large")

    def test_may_be_a_picture(self, browser: Browser, nora: Resident) -> None:
        picture = SimpleUploadedFile("a.png", b"x" * 1_200_000, content_type="image/png")
        answer = browser(nora).post(
            "/api/v1/articles/00000000-0000-4000-8000-000000000000/pictures",
            {"file": picture, "alt": ""},
            headers=KEY,
        )

        assert answer.status_code in (403, 404)
        assert KeptAnswer.objects.get().status == answer.status_code


class TestPressingTwiceAtOnce:
    @pytest.mark.postgres
    @pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has one writer at a time")
    @pytest.mark.django_db(transaction=True)
    def test_acts_once(self, browser: Browser, nora: Resident) -> None:
        day = timezone.localdate() + timedelta(days=3)
        filled = {**FILLED, "day": day.isoformat(), "once": "pressed"}

        def press(_: int) -> str:
            try:
                window = browser(nora)
                return window.post("/villages/lindental/events/new", filled)["Location"]
            finally:
                connections.close_all()

        with ThreadPoolExecutor(4) as fingers:
            led_to = set(fingers.map(press, range(4)))

        assert len(led_to) == Event.objects.count() == 1


class TestFormKeys:
    @pytest.mark.parametrize("key", ["", "x" * 256])
    def test_are_refused_when_malformed(self, browser: Browser, nora: Resident, key: str) -> None:
        page = browser(nora).post("/villages/lindental/events/new", {"once": key})

        assert page.status_code == 400
        assert "<html" in page.content.decode()
