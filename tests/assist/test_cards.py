"""The printed card: a code for each visit, and one that stops everything."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from tests.assist.conftest import Grant
from tests.support.cast import Cast
from village.assist import actions
from village.assist.actions import Proof
from village.assist.actions.cards import VALID_FOR, CardExpired, CodeRefused, Printed
from village.assist.actions.consents import BadProof
from village.assist.models import Card, ConsentKind, Freeze, Mandate, MandateStatus
from village.core.actor import Actor, Scope
from village.core.errors import TooMany
from village.journal.models import Entry
from village.residents.models import Resident

pytestmark = pytest.mark.django_db
Api = Callable[..., Client]
As = Callable[[Resident], Actor]
STOP = "/api/v1/cards/stop"


@pytest.fixture(autouse=True)
def fresh_budgets() -> Iterator[None]:
    cache.clear()
    yield
    cache.clear()


@pytest.fixture
def card(as_: As, cast: Cast, at: datetime) -> Printed:
    return actions.issue_card(
        by=as_(cast.carla), centre_id=cast.centre.pk, person_id=cast.edda.pk, at=at
    )


def stop(client: Client, code: str) -> Any:
    return client.post(STOP, {"code": code}, content_type="application/json")


class TestACard:
    def test_is_kept_as_digests_only(self, card: Printed) -> None:
        kept = str(list(Card.objects.values())) + str(list(card.card.codes.values()))
        for code in (card.stop_code, *card.codes):
            assert code not in kept
        assert len(set(card.codes)) == 20

    def test_ends_the_one_before(self, as_: As, cast: Cast, card: Printed, at: datetime) -> None:
        new = actions.issue_card(
            by=as_(cast.carla), centre_id=cast.centre.pk, person_id=cast.edda.pk, at=at
        )
        with pytest.raises(CodeRefused):
            actions.spend_code(person_id=cast.edda.pk, code=card.codes[0], at=at)
        actions.spend_code(person_id=cast.edda.pk, code=new.codes[0], at=at)

    def test_is_given_over_http_once_and_by_a_coordinator(self, api: Api, cast: Cast) -> None:
        path = f"/api/v1/centres/{cast.centre.pk}/people/{cast.edda.pk}/card"
        assert api(cast.vera).post(path).status_code == 403
        assert api(cast.tom).post(path).status_code == 404
        client, key = api(cast.carla), {"Idempotency-Key": "k"}
        given = client.post(path, headers=key)
        assert (given.status_code, len(given.json()["codes"])) == (201, 20)
        again = client.post(path, headers=key)
        assert again.json()["code"] == "idempotency.shown_once"
        assert Card.objects.count() == 1


class TestAVisitCode:
    def test_works_once_however_it_is_written(
        self, cast: Cast, card: Printed, at: datetime
    ) -> None:
        code = card.codes[7]
        actions.spend_code(person_id=cast.edda.pk, code=f" {code[:3]} {code[3:]}", at=at)
        with pytest.raises(CodeRefused):
            actions.spend_code(person_id=cast.edda.pk, code=code, at=at)

    def test_is_the_persons_own(self, cast: Cast, card: Printed, at: datetime) -> None:
        with pytest.raises(CardExpired):
            actions.spend_code(person_id=cast.nora.pk, code=card.codes[0], at=at)

    def test_ends_with_its_card(self, cast: Cast, card: Printed, at: datetime) -> None:
        end = at + VALID_FOR
        with pytest.raises(CardExpired):
            actions.spend_code(person_id=cast.edda.pk, code=card.codes[0], at=end)
        just_before = end - timedelta(microseconds=1)
        actions.spend_code(person_id=cast.edda.pk, code=card.codes[0], at=just_before)

    def test_cannot_be_guessed_by_trying(self, cast: Cast, card: Printed, at: datetime) -> None:
        wrong = next(str(n) for n in range(100000, 999999) if str(n) not in card.codes)
        for _try in range(5):
            with pytest.raises(CodeRefused):
                actions.spend_code(person_id=cast.edda.pk, code=wrong, at=at)
        with pytest.raises(TooMany):
            actions.spend_code(person_id=cast.edda.pk, code=card.codes[0], at=at)


class TestCallingBack:
    def test_needs_her_own_number_and_a_code_of_her_card(
        self, as_: As, cast: Cast, card: Printed, at: datetime
    ) -> None:
        Resident.objects.filter(pk=cast.edda.pk).update(phone="+4992731234")
        draft = actions.propose_mandate(
            by=as_(cast.carla),
            centre_id=cast.centre.pk,
            person_id=cast.edda.pk,
            scopes=[Scope.NEWS_READ],
            term=31,  # type: ignore[arg-type]
            at=at,
        )
        actions.put_forward(by=as_(cast.carla), mandate_id=draft.pk, at=at)

        def answer(number: str, code: str) -> Mandate:
            proof = Proof(ConsentKind.CALL_BACK, said="Yes", number=number, code=code)
            return actions.give_consent(by=as_(cast.carla), mandate_id=draft.pk, proof=proof, at=at)

        with pytest.raises(BadProof):
            answer("+4992739999", card.codes[0])
        with pytest.raises(CodeRefused):
            answer("+4992731234", "")
        assert answer("+4992731234", card.codes[0]).status(at) is MandateStatus.ACTIVE


class TestTheStopCode:
    def test_ends_everything_without_signing_in(
        self, api: Api, cast: Cast, grant_now: Grant
    ) -> None:
        now = timezone.now()
        printed = actions.issue_card(
            by=Actor(cast.carla.pk), centre_id=cast.centre.pk, person_id=cast.edda.pk, at=now
        )
        noras = grant_now(cast.nora.pk)
        client = api(cast.vera)
        acting = {"X-Acting-For": str(cast.mandate.pk)}
        assert client.get("/api/v1/me", headers=acting).status_code == 200

        spaced = " ".join(printed.stop_code[n : n + 4] for n in range(0, 16, 4))
        answer = stop(api(), spaced)

        assert answer.status_code == 200
        until = datetime.fromisoformat(answer.json()["frozen_until"])
        assert timedelta(hours=71) < until - now < timedelta(hours=73)
        refused = client.get("/api/v1/me", headers=acting)
        assert (refused.status_code, refused.json()["code"]) == (403, "assist.mandate_ended")
        assert Mandate.objects.get(pk=cast.mandate.pk).ended_why == "card"
        assert Mandate.objects.get(pk=noras.pk).revoked_at is None
        # It counts as her own doing.
        entry = Entry.objects.get(kind="assist.mandate_revoked")
        assert (entry.principal_id, entry.helper_id) == (cast.edda.pk, None)

    def test_works_once(self, api: Api, cast: Cast, card: Printed) -> None:
        assert stop(api(), card.stop_code).status_code == 200
        again = stop(api(), card.stop_code)
        assert (again.status_code, again.json()["code"]) == (422, "assist.code_refused")
        assert Freeze.objects.count() == 1

    @pytest.mark.parametrize("code", ["0", "0000 0000 0000 0000", "abc", "ü", "1" * 60])
    def test_that_is_wrong_changes_nothing(
        self, api: Api, cast: Cast, card: Printed, code: str
    ) -> None:
        before = Entry.objects.count()
        answer = stop(api(), code)
        assert (answer.status_code, answer.json()["code"]) == (422, "assist.code_refused")
        assert Entry.objects.count() == before
        assert Mandate.objects.get().revoked_at is None

    def test_cannot_be_guessed_by_trying(self, api: Api, cast: Cast, card: Printed) -> None:
        answers = [stop(api(), str(number)).status_code for number in range(11)]
        assert answers == [422] * 10 + [429]

    def test_has_a_page_that_needs_no_signing_in(self, api: Api, cast: Cast, card: Printed) -> None:
        browser = api()
        assert "Stop everything" in browser.get("/stop").content.decode()
        assert browser.post("/stop", {"code": "1"}).status_code == 422
        page = browser.post("/stop", {"code": card.stop_code}).content.decode()
        assert "Everything has been stopped" in page
        assert Mandate.objects.get().revoked_at is not None
