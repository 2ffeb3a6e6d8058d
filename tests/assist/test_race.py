"""Nothing is done in a person's name once she has ended the mandate: raced on PostgreSQL."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from threading import Event, Semaphore, Thread

import pytest
from django.db import connection, connections
from django.test import Client
from django.utils import timezone

from tests.support.cast import Cast
from village.assist import queries
from village.assist.models import Mandate
from village.core import delegation
from village.core.actor import Actor
from village.journal.models import Entry
from village.messaging.models import Case, Department

pytestmark = [
    pytest.mark.postgres,
    pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has one writer at a time"),
    pytest.mark.django_db(transaction=True),
]
Api = Callable[..., Client]
VOLUNTEERS = 8
# How long an act lingers between asking for its mandate and its commit, in seconds.
LINGERS = 0.02
PATIENCE = 10


@dataclass(frozen=True)
class Race:
    """Hold what a race left behind."""

    acts: int
    acts_after_the_revocation: int
    entries_after_the_revocation: int
    answers: set[tuple[int, str]]


@pytest.fixture
def race(
    api: Api, cast: Cast, roads: Department, monkeypatch: pytest.MonkeyPatch
) -> Callable[[Callable[[Actor], None]], Race]:
    """Let volunteers open cases for edda as fast as they can, while she ends the mandate."""
    matter = {"department": str(roads.pk), "title": "t", "text": "t"}
    acting = {"X-Acting-For": str(cast.mandate.pk)}
    browsers = [api(cast.vera) for _ in range(VOLUNTEERS)]
    edda = api(cast.edda)

    def run(hold: Callable[[Actor], None]) -> Race:
        revoked, acted = Event(), Semaphore(0)
        last: list[tuple[int, str]] = []

        def hold_and_linger(by: Actor) -> None:
            hold(by)
            revoked.wait(LINGERS)

        def act(browser: Client) -> None:
            try:
                status, code = 201, ""
                while status == 201:
                    answer = browser.post(
                        "/api/v1/villages/lindental/cases",
                        matter,
                        content_type="application/json",
                        headers=acting,
                    )
                    status, code = answer.status_code, answer.json().get("code", "")
                    acted.release()
                last.append((status, code))
            finally:
                connections.close_all()

        monkeypatch.setattr(delegation, "_hold", hold_and_linger)
        volunteers = [Thread(target=act, args=(browser,)) for browser in browsers]
        for volunteer in volunteers:
            volunteer.start()
        for _ in range(2 * VOLUNTEERS):
            assert acted.acquire(timeout=PATIENCE)
        answer = edda.post(f"/api/v1/mandates/{cast.mandate.pk}/revoke")
        when_it_returned = Case.objects.count()
        revoked.set()
        for volunteer in volunteers:
            volunteer.join(PATIENCE)
        assert answer.status_code == 200
        assert not any(volunteer.is_alive() for volunteer in volunteers)

        revocation = Entry.objects.filter(kind="assist.mandate_revoked").latest("pk")
        later = Entry.objects.filter(mandate_id=cast.mandate.pk, pk__gt=revocation.pk)
        acts = Case.objects.count()
        return Race(acts, acts - when_it_returned, later.count(), set(last))

    return run


def only_look(by: Actor) -> None:
    """Ask whether the mandate is in force, and do not hold on to it."""
    if not Mandate.objects.in_force(timezone.now()).filter(pk=by.mandate_id).exists():
        raise queries.MandateEnded


class TestRevocation:
    @pytest.mark.parametrize("number", range(2))
    def test_no_act_is_committed_after_it(self, race: Callable[..., Race], number: int) -> None:
        result = race(queries.hold)

        assert result.acts >= 2 * VOLUNTEERS
        assert result.acts_after_the_revocation == 0
        assert result.entries_after_the_revocation == 0
        assert result.answers == {(403, "assist.mandate_ended")}

    def test_would_come_too_late_without_the_lock(self, race: Callable[..., Race]) -> None:
        result = race(only_look)

        assert result.entries_after_the_revocation > 0
