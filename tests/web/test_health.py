"""What the village tells operators and machines about itself."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder
from django.test import Client

from tests.support.server import free_port
from village.celery import app
from village.realtime.hub import hub
from village.residents.models import Resident
from village.web import health
from village.web.health import Migrations, Part


@pytest.fixture
def working() -> Iterator[None]:
    """Let the jobs of this process be done."""
    health.tell_of_jobs(lambda: True)
    yield
    health.tell_of_jobs(lambda: False)


class TestAlive:
    def test_is_answered_without_asking_anybody(self) -> None:
        answer = Client().get("/healthz")

        assert (answer.status_code, answer.json()) == (200, {"ok": True})


@pytest.mark.django_db
class TestReady:
    @pytest.mark.usefixtures("working")
    def test_tells_how_each_part_is(self, settings: Any) -> None:
        settings.EMBEDDED = True

        answer = Client().get("/readyz")

        assert answer.status_code == 200
        assert answer.json()["ok"]
        assert answer.json()["parts"]["jobs"] == {"ok": True, "state": "running"}
        assert "no-store" in answer["Cache-Control"]

    def test_is_refused_while_a_part_is_down(self, settings: Any) -> None:
        settings.EMBEDDED = True

        answer = Client().get("/readyz")

        assert answer.status_code == 503
        assert not answer.json()["ok"]
        assert answer.json()["parts"]["jobs"] == {"ok": False, "state": "not running"}
        assert answer.json()["parts"]["database"] == {"ok": True, "state": "answers"}

    def test_takes_no_orders(self) -> None:
        assert Client().post("/readyz").status_code == 405


@pytest.mark.django_db
class TestMigrations:
    def test_are_looked_for_until_all_are_there(self) -> None:
        look = Migrations()
        recorder = MigrationRecorder(connection)
        recorder.record_unapplied("realtime", "0001_first")
        assert look() == Part(False, "1 missing")

        recorder.record_applied("realtime", "0001_first")
        assert look() == Part(True, "applied")

        recorder.record_unapplied("realtime", "0001_first")
        assert look() == Part(True, "applied")


class TestNerves:
    @pytest.mark.parametrize(
        ("silent", "part"),
        [(0.0, Part(True, "running")), (30.0, Part(False, "silent for 30 s"))],
    )
    def test_are_well_while_the_log_is_read(
        self, monkeypatch: pytest.MonkeyPatch, silent: float, part: Part
    ) -> None:
        loop = asyncio.new_event_loop()
        monkeypatch.setattr(hub, "loop", loop)
        monkeypatch.setattr(hub.reader, "healthy_at", time.monotonic() - silent)

        assert health.nerves() == part

        loop.close()

    def test_rest_until_the_first_socket(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(hub, "loop", None)

        assert health.nerves() == Part(True, "idle")


class TestJobs:
    def test_are_well_while_the_broker_answers(self, settings: Any) -> None:
        settings.EMBEDDED = False

        assert health.jobs() == Part(True, "broker answers")

    def test_are_down_without_the_broker(
        self, settings: Any, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        settings.EMBEDDED = False
        monkeypatch.setattr(app.conf, "broker_url", f"redis://127.0.0.1:{free_port()}")
        begun = time.monotonic()

        assert health.jobs() == Part(False, "OperationalError")
        assert time.monotonic() - begun < 3


@pytest.mark.django_db
class TestMetrics:
    def test_are_for_whoever_has_the_token(self, settings: Any) -> None:
        settings.METRICS_TOKEN = "a-long-secret"
        shown = Client().get("/metrics", headers={"Authorization": "Bearer a-long-secret"})

        assert shown.status_code == 200
        assert shown["Content-Type"].startswith("text/plain")
        assert b"village_requests_total" in shown.content

    @pytest.mark.parametrize(
        "given", ["", "Bearer", "Bearer ", "Bearer wrong", "a-long-secret", "Bearer ä"]
    )
    def test_are_nowhere_for_everybody_else(self, settings: Any, given: str) -> None:
        settings.METRICS_TOKEN = "a-long-secret"

        assert Client().get("/metrics", headers={"Authorization": given}).status_code == 404

    def test_are_for_nobody_without_a_token(self, settings: Any) -> None:
        settings.METRICS_TOKEN = ""

        assert Client().get("/metrics", headers={"Authorization": "Bearer "}).status_code == 404

    def test_are_for_staff_and_not_for_residents(
        self, api: Callable[..., Client], nora: Resident, tom: Resident
    ) -> None:
        tom.is_staff = True
        tom.save(update_fields=["is_staff"])

        assert api(nora).get("/metrics").status_code == 404
        assert api(tom).get("/metrics").status_code == 200
