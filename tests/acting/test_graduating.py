"""When somebody does herself what helpers did for her, her mandate can shrink, and that counts."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from uuid import uuid4

import pytest
from django.test import Client
from django.utils import timezone

from notifications.actions import tell
from notifications.models import Notification
from tests.acting.conftest import Api
from tests.support.cast import Cast
from village.acting import actions, tasks
from village.acting.facts import GraduationSuggested
from village.acting.figures import PEOPLE_AT_LEAST, figures_of
from village.acting.models import Graduation
from village.assist.actions import revoke_mandate, revoke_scope
from village.assist.models import Mandate
from village.core.actor import SYSTEM, Actor, Scope
from village.core.errors import Forbidden
from village.journal.actions import record
from village.journal.models import Entry
from village.journal.queries import recorded
from village.messaging.facts import CaseOpened
from village.residents.models import Resident

pytestmark = pytest.mark.django_db
Browser = Callable[..., Client]
Did = Callable[..., None]


@pytest.fixture
def did(cast: Cast) -> Did:
    """Let edda write to the town hall so many days ago: ``did(1, 1, 2)``; or vera for her."""

    def write(*days_ago: float, by: Actor | None = None) -> None:
        for days in days_ago:
            ids = {name: uuid4() for name in ("case", "department", "message")}
            fact = CaseOpened(village="lindental", author=cast.edda.pk, **ids)
            record(fact, by=by or Actor(cast.edda.pk), at=timezone.now() - timedelta(days=days))

    return write


class TestGraduating:
    def test_is_suggested_once_to_her_and_to_the_coordinators(
        self, api: Api, browser: Browser, cast: Cast, did: Did
    ) -> None:
        Resident.objects.filter(pk=cast.edda.pk).update(language="en")
        did(1, 1, 3)
        assert tasks.suggest_graduations() == 1 and tasks.suggest_graduations() == 0
        [mine] = api(cast.edda).get("/api/v1/me/graduations").json()
        assert (mine["scope"], mine["centre_name"]) == ("authority.write", "Alte Schule")

        entry = Entry.objects.filter(kind=GraduationSuggested.kind).get()
        tell(by=SYSTEM, recorded=recorded(entry), at=timezone.now())
        told = Notification.objects.get(notice="acting.graduation")
        assert told.resident == cast.edda and told.link == f"/mandates/{cast.mandate.pk}"
        assert "Alte Schule may still write to the town hall for you." in told.body

        watched = api(cast.carla).get(f"/api/v1/centres/{cast.centre.pk}/watch").json()
        assert watched["graduations"] == [mine]
        page = browser(cast.carla).get(f"/centres/{cast.centre.pk}/watch").content.decode()
        assert "Edda does this alone now" in page
        assert api(cast.tom).get("/api/v1/me/graduations").json() == []

    def test_shrinks_the_mandate_by_the_verb_that_takes_one_thing_out(
        self, api: Api, cast: Cast, did: Did
    ) -> None:
        did(1, 2, 3)
        tasks.suggest_graduations()
        path = f"/api/v1/mandates/{cast.mandate.pk}/scopes/authority.write"
        assert api(cast.edda).delete(path).status_code == 200
        assert api(cast.edda).get("/api/v1/me/graduations").json() == []
        assert Scope.AUTHORITY_WRITE not in Mandate.objects.get().covers
        # Nobody asks her again.
        assert tasks.suggest_graduations() == 0

    def test_is_a_button_on_the_page_of_her_mandate(self, browser: Browser, cast: Cast) -> None:
        edda, address = browser(cast.edda), f"/mandates/{cast.mandate.pk}"
        assert "No longer: write to the town hall for you" in edda.get(address).content.decode()
        button = f"{address}/scopes/authority.write/revoke"
        assert browser(cast.vera).post(button).status_code == 403
        assert browser(cast.tom).post(button).status_code == 404
        assert edda.post(button).status_code == 302
        assert edda.post(button).status_code == 404
        assert Scope.AUTHORITY_WRITE not in Mandate.objects.get().covers

    @pytest.mark.parametrize("days_ago", [(1, 2), (1, 1, 1), (61, 62, 63), ()])
    def test_is_not_suggested_too_early(self, did: Did, days_ago: tuple[float, ...]) -> None:
        did(*days_ago)
        assert tasks.suggest_graduations() == 0

    def test_is_not_suggested_while_helpers_do_as_much(
        self, did: Did, vera_for_edda: Actor
    ) -> None:
        did(1, 2, 3)
        did(1, 2, 3, by=vera_for_edda)
        assert tasks.suggest_graduations() == 0

    def test_is_not_suggested_of_what_no_mandate_covers(self, cast: Cast, did: Did) -> None:
        did(1, 2, 3)
        scopes = [scope for scope in cast.mandate.scopes if scope != Scope.AUTHORITY_WRITE]
        Mandate.objects.update(scopes=scopes)
        assert tasks.suggest_graduations() == 0
        Mandate.objects.update(scopes=cast.mandate.scopes, ends_at=timezone.now())
        assert tasks.suggest_graduations() == 0

    def test_is_suggested_by_the_village_alone(self, cast: Cast) -> None:
        with pytest.raises(Forbidden):
            actions.suggest_graduation(
                by=Actor(cast.carla.pk),
                mandate=cast.mandate,
                scope=Scope.NEWS_READ,
                at=timezone.now(),
            )


class TestWhatTheVillageCounts:
    def test_is_a_mandate_that_shrank_or_was_not_needed_any_more(self, cast: Cast) -> None:
        now = timezone.now()
        for number in range(PEOPLE_AT_LEAST + 1):
            person = Resident.objects.create_user(f"Elder {number}")
            mandate = Mandate.objects.create(
                village=cast.lindental,
                centre=cast.centre,
                person=person,
                scopes=["events.join", "news.read"],
                starts_at=now - timedelta(days=1),
                ends_at=now + timedelta(days=1),
                created_at=now,
            )
            Graduation.objects.create(
                village=cast.lindental, mandate=mandate, scope="events.join", created_at=now
            )
            # The first of them leaves everything as it is.
            if number == 1:
                revoke_mandate(by=Actor(person.pk), mandate_id=mandate.pk, at=now)
            elif number > 1:
                by = Actor(person.pk)
                revoke_scope(by=by, mandate_id=mandate.pk, scope="events.join", at=now)
            counted = figures_of("lindental", at=now).graduated
            assert counted == (0 if number == 0 else number if number >= PEOPLE_AT_LEAST else None)
