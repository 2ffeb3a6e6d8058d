"""How a person says yes to a mandate, and everything that is a no."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from tests.assist.conftest import Grant
from tests.support.cast import Cast
from village.assist import actions, queries
from village.assist.actions import Proof
from village.assist.actions.consents import (
    SECOND_CONSENT_AFTER,
    BadProof,
    NotPending,
    TextChanged,
    TooSoon,
)
from village.assist.actions.mandates import Frozen, NotAccredited, NotNow
from village.assist.models import (
    FROZEN_FOR,
    LAPSES_AFTER,
    ConsentKind,
    Mandate,
    MandateStatus,
    Term,
)
from village.assist.wording import Wording, is_yes, wording
from village.core.actor import Actor, Level, Scope
from village.core.errors import Forbidden, NotFound
from village.residents.models import Resident

pytestmark = pytest.mark.django_db
As = Callable[[Resident], Actor]
PAPER = Proof(ConsentKind.PAPER, witness="Carla, at the desk")
Propose = Callable[..., Mandate]


@pytest.fixture
def propose(as_: As, cast: Cast, at: datetime) -> Propose:
    """Draft a mandate of nora's, who speaks German, as vera: ``propose(term=...)``."""
    Resident.objects.filter(pk=cast.nora.pk).update(language="de")

    def draft(**changes: Any) -> Mandate:
        given: dict[str, Any] = {
            "by": as_(cast.vera),
            "centre_id": cast.centre.pk,
            "person_id": cast.nora.pk,
            "scopes": [Scope.EVENTS_JOIN, Scope.NEWS_READ],
            "term": Term.MONTH,
            "volunteers": [cast.vera.pk],
            "at": at,
        }
        return actions.propose_mandate(**given | changes)

    return draft


@pytest.fixture
def pending(propose: Propose, as_: As, cast: Cast, at: datetime) -> Mandate:
    draft = propose()
    return actions.put_forward(by=as_(cast.carla), mandate_id=draft.pk, at=at)


def answer(by: Actor, mandate: Mandate, proof: Proof, at: datetime) -> Mandate:
    return actions.give_consent(by=by, mandate_id=mandate.pk, proof=proof, at=at)


class TestADraft:
    def test_lets_nobody_do_anything(self, propose: Propose, cast: Cast, at: datetime) -> None:
        draft = propose()
        assert draft.status(at) is MandateStatus.DRAFT
        with pytest.raises(queries.MandateEnded):
            queries.actor_under_mandate(helper_id=cast.vera.pk, mandate_id=draft.pk, at=at)

    def test_is_put_forward_by_a_coordinator_and_once(
        self, propose: Propose, as_: As, cast: Cast, at: datetime
    ) -> None:
        draft = propose()
        # A volunteer does not see it again before there is something to carry out.
        with pytest.raises(NotFound):
            actions.put_forward(by=as_(cast.vera), mandate_id=draft.pk, at=at)
        put = actions.put_forward(by=as_(cast.carla), mandate_id=draft.pk, at=at)
        assert put.status(at) is MandateStatus.PENDING
        with pytest.raises(NotNow):
            actions.put_forward(by=as_(cast.carla), mandate_id=draft.pk, at=at)

    def test_names_volunteers_of_the_centre_and_nobody_else(
        self, propose: Propose, cast: Cast
    ) -> None:
        for stranger in (cast.tom, cast.nora, cast.strang):
            with pytest.raises(NotAccredited):
                propose(volunteers=[stranger.pk])

    def test_is_not_registered_by_whoever_carries_it_out(
        self, propose: Propose, as_: As, cast: Cast, at: datetime
    ) -> None:
        draft = propose()
        draft.assignments.create(volunteer=cast.carla, at=at)
        with pytest.raises(Forbidden):
            actions.put_forward(by=as_(cast.carla), mandate_id=draft.pk, at=at)


class TestTheWords:
    def test_are_kept_as_they_were_shown_with_their_hash(
        self, pending: Mandate, cast: Cast, as_: As, at: datetime
    ) -> None:
        Resident.objects.filter(pk=cast.nora.pk).update(display_name="Somebody else")
        kept = Mandate.objects.get(pk=pending.pk)
        shown = Wording(
            kept.language, kept.text, kept.binding_language, kept.binding_text, kept.text_version
        )
        assert kept.text.startswith("Ich, Nora,")
        assert shown.hash == kept.text_hash
        answered = answer(as_(cast.carla), kept, PAPER, at)
        assert answered.consents.get().text_hash == kept.text_hash

    @pytest.mark.parametrize("language", ["en", "de", "ja"])
    def test_exist_in_every_language_and_for_every_scope(self, language: str) -> None:
        words = wording(
            language=language,
            binding_language="de",
            person="Edda",
            centre="Alte Schule",
            scopes=list(Scope),
            levels={Scope.NEWS_READ: Level.READ, Scope.EVENTS_JOIN: Level.PREPARE},
            days=31,
        )
        assert "Edda" in words.text and "{" not in words.text
        assert len(words.hash) == 64

    @pytest.mark.parametrize(
        ("said", "expected"),
        [
            ("Ja", True),
            (" ja! ", True),
            ("JA.", True),
            ("yes", False),
            ("ja, vielleicht", False),
            ("naja", False),
            ("", False),
            ("nein", False),
            ("ja?", False),
            ("jaja", False),
        ],
    )
    def test_are_answered_by_a_clear_yes_or_not_at_all(self, said: str, expected: bool) -> None:
        assert is_yes(said, languages=["de"]) is expected


class TestAnswering:
    def test_on_paper_lets_it_begin(
        self, pending: Mandate, as_: As, cast: Cast, at: datetime
    ) -> None:
        begun = answer(as_(cast.carla), pending, PAPER, at)
        assert begun.status(at) is MandateStatus.ACTIVE
        assert begun.ends_at == at + timedelta(days=31)

    def test_on_her_own_device_is_for_herself_alone(
        self, pending: Mandate, as_: As, cast: Cast, at: datetime
    ) -> None:
        proof = Proof(ConsentKind.OWN_DEVICE, said="ja", text_hash=pending.text_hash)
        with pytest.raises(Forbidden):
            answer(as_(cast.carla), pending, proof, at)
        with pytest.raises(NotFound):
            answer(as_(cast.vera), pending, proof, at)
        assert answer(as_(cast.nora), pending, proof, at).status(at) is MandateStatus.ACTIVE

    def test_on_her_own_device_is_about_the_words_it_showed(
        self, pending: Mandate, as_: As, cast: Cast, at: datetime
    ) -> None:
        proof = Proof(ConsentKind.OWN_DEVICE, said="ja", text_hash="0" * 64)
        with pytest.raises(TextChanged):
            answer(as_(cast.nora), pending, proof, at)

    def test_by_word_of_mouth_needs_two_who_heard_it(
        self, pending: Mandate, as_: As, cast: Cast, at: datetime
    ) -> None:
        def spoken(*witnesses: Resident) -> Proof:
            first, second = (*(each.pk for each in witnesses), None, None)[:2]
            return Proof(ConsentKind.SPOKEN, said="Ja!", first_witness=first, second_witness=second)

        for bad in (
            spoken(),
            spoken(cast.tom),
            spoken(cast.tom, cast.tom),
            spoken(cast.tom, cast.vera),
            spoken(cast.nora, cast.tom),
        ):
            with pytest.raises(BadProof):
                answer(as_(cast.carla), pending, bad, at)
        begun = answer(as_(cast.carla), pending, spoken(cast.tom, cast.carla), at)
        assert begun.status(at) is MandateStatus.ACTIVE

    @pytest.mark.parametrize("said", ["nein", "ich weiß nicht", "ja ja", "", "vielleicht"])
    def test_unclearly_is_a_no_for_good(
        self, pending: Mandate, as_: As, cast: Cast, at: datetime, said: str
    ) -> None:
        proof = Proof(ConsentKind.OWN_DEVICE, said=said, text_hash=pending.text_hash)
        assert answer(as_(cast.nora), pending, proof, at).status(at) is MandateStatus.DECLINED
        with pytest.raises(NotPending):
            answer(as_(cast.carla), pending, PAPER, at)

    def test_after_fourteen_days_comes_too_late(
        self, pending: Mandate, as_: As, cast: Cast, at: datetime
    ) -> None:
        end = at + LAPSES_AFTER
        assert pending.status(end - timedelta(microseconds=1)) is MandateStatus.PENDING
        assert pending.status(end) is MandateStatus.LAPSED
        with pytest.raises(NotPending):
            answer(as_(cast.carla), pending, PAPER, end)

    def test_is_not_registered_by_a_volunteer(
        self, pending: Mandate, as_: As, cast: Cast, at: datetime
    ) -> None:
        with pytest.raises(NotFound):
            answer(as_(cast.vera), pending, PAPER, at)

    def test_a_newer_mandate_of_the_centre_ends_the_older(
        self, pending: Mandate, grant: Grant, as_: As, cast: Cast, at: datetime
    ) -> None:
        older = grant(cast.nora.pk)
        answer(as_(cast.carla), pending, PAPER, at)
        older.refresh_from_db()
        assert older.status(at) is MandateStatus.SUPERSEDED
        assert Mandate.objects.in_force(at).filter(person=cast.nora).count() == 1

    def test_to_a_year_takes_two_days(
        self, propose: Propose, as_: As, cast: Cast, at: datetime
    ) -> None:
        carla, draft = as_(cast.carla), propose(term=Term.YEAR)
        actions.put_forward(by=carla, mandate_id=draft.pk, at=at)
        assert answer(carla, draft, PAPER, at).status(at) is MandateStatus.PENDING
        next_day = at + SECOND_CONSENT_AFTER
        with pytest.raises(TooSoon):
            answer(carla, draft, PAPER, next_day - timedelta(seconds=1))
        begun = answer(carla, draft, PAPER, next_day)
        assert begun.status(next_day) is MandateStatus.ACTIVE
        assert begun.ends_at == next_day + timedelta(days=365)


class TestFreezing:
    def test_ends_everything_and_begins_nothing_for_three_days(
        self, propose: Propose, grant: Grant, as_: As, cast: Cast, at: datetime
    ) -> None:
        active, draft = grant(cast.nora.pk), propose()
        until = actions.freeze(by=as_(cast.nora), at=at)

        assert until == at + FROZEN_FOR
        for mandate in Mandate.objects.filter(pk__in=[active.pk, draft.pk]):
            assert (mandate.status(at), mandate.ended_why) == (MandateStatus.REVOKED, "frozen")
        just_before = until - timedelta(seconds=1)
        with pytest.raises(Frozen):
            propose(at=just_before)
        propose(at=until)

    def test_leaves_other_people_alone(self, as_: As, cast: Cast, at: datetime) -> None:
        actions.freeze(by=as_(cast.nora), at=at)
        assert cast.mandate.status(at) is MandateStatus.ACTIVE
        assert Mandate.objects.in_force(at).filter(person=cast.edda).exists()

    def test_is_done_at_the_desk_by_a_coordinator(self, as_: As, cast: Cast, at: datetime) -> None:
        wish = {"centre_id": cast.centre.pk, "person_id": cast.edda.pk, "at": at}
        with pytest.raises(Forbidden):
            actions.freeze_for(by=as_(cast.vera), **wish)
        with pytest.raises(NotFound):
            actions.freeze_for(by=as_(cast.tom), **wish)
        actions.freeze_for(by=as_(cast.carla), **wish)
        assert not Mandate.objects.in_force(at).exists()

    def test_is_never_done_in_the_persons_name(
        self, vera_for_edda: Actor, cast: Cast, at: datetime
    ) -> None:
        with pytest.raises(NotFound):
            actions.freeze(by=vera_for_edda, at=at)


class TestEndingAPart:
    def test_takes_one_thing_out_at_once(self, as_: As, cast: Cast, at: datetime) -> None:
        narrowed = actions.revoke_scope(
            by=as_(cast.edda), mandate_id=cast.mandate.pk, scope=Scope.EVENTS_JOIN, at=at
        )
        assert Scope.EVENTS_JOIN not in narrowed.covers
        with pytest.raises(queries.MandateEnded):
            queries.hold(cast.vera_for_edda())

    def test_ends_the_mandate_with_its_last_thing(
        self, as_: As, cast: Cast, grant: Grant, at: datetime
    ) -> None:
        mandate = grant(cast.nora.pk, scopes=[Scope.NEWS_READ])
        ended = actions.revoke_scope(
            by=as_(cast.nora), mandate_id=mandate.pk, scope=Scope.NEWS_READ, at=at
        )
        assert ended.status(at) is MandateStatus.REVOKED

    def test_stops_for_a_while_and_goes_on(self, as_: As, cast: Cast, at: datetime) -> None:
        wish = {"mandate_id": cast.mandate.pk, "at": at}
        with pytest.raises(Forbidden):
            actions.suspend_mandate(by=as_(cast.vera), **wish)
        actions.suspend_mandate(by=as_(cast.carla), **wish)
        with pytest.raises(queries.MandateEnded):
            queries.hold(cast.vera_for_edda())
        with pytest.raises(NotFound):
            actions.resume_mandate(by=as_(cast.vera), **wish)
        actions.resume_mandate(by=as_(cast.carla), **wish)
        queries.hold(cast.vera_for_edda())


class TestLevels:
    def test_limit_what_a_helper_may_do_under_a_scope(
        self, grant: Grant, cast: Cast, at: datetime
    ) -> None:
        mandate = grant(
            cast.nora.pk,
            scopes=[Scope.EVENTS_JOIN, Scope.NEWS_READ],
            levels={Scope.EVENTS_JOIN: Level.READ},
        )
        by, _name = queries.actor_under_mandate(
            helper_id=cast.vera.pk, mandate_id=mandate.pk, at=at
        )
        assert by.may(Scope.EVENTS_JOIN) and not by.may(Scope.EVENTS_JOIN, Level.ACT)
        assert by.may(Scope.NEWS_READ, Level.ACT)
