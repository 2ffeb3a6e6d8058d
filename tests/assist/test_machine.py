"""
Everything that can happen to a mandate, in any order: it is in force only when it should be.

What should be is told by a small model beside the tables: a coordinator put it forward, and a
person said yes in a way that can be proven. ``FUZZ_EXAMPLES`` says how many stories are tried.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import models, transaction
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)

from tests.support.cast import make_cast
from village.assist import actions, policies
from village.assist.actions import Proof, endings
from village.assist.models import (
    FROZEN_FOR,
    LAPSES_AFTER,
    Accreditation,
    ConsentKind,
    Mandate,
    MandateQuerySet,
    Term,
)
from village.assist.queries import actor_under_mandate
from village.core.actor import SYSTEM, Actor, Scope
from village.core.errors import DomainError
from village.core.policy import ALLOWED
from village.residents.actions import join_village, leave_village
from village.residents.endings import Why
from village.residents.models import Resident

pytestmark = pytest.mark.django_db(transaction=True)
STORIES = int(os.environ.get("FUZZ_EXAMPLES", "8"))
START = datetime.fromisoformat("2026-11-22T12:00:00+01:00")
MOMENT = timedelta(microseconds=1)
PEOPLE = st.sampled_from(["carla", "nora", "vera", "carla", "nora", "tom"])
WAITS = st.sampled_from(
    [timedelta(seconds=1), timedelta(hours=24), FROZEN_FOR, LAPSES_AFTER - MOMENT, LAPSES_AFTER]
)


@dataclass
class Told:
    """Hold what the model knows of one mandate."""

    term: Term
    forwarded_at: datetime | None = None
    yes_at: list[datetime] = field(default_factory=list)
    starts_at: datetime | None = None
    carriers: set[str] = field(default_factory=set)
    is_over: bool = False
    is_suspended: bool = False

    def is_in_force(self, at: datetime) -> bool:
        """Say so, in [start, end)."""
        if self.starts_at is None or self.is_over or self.is_suspended:
            return False
        return self.starts_at <= at < self.starts_at + timedelta(days=self.term)


class LifeOfMandates(RuleBasedStateMachine):
    """Let vera, carla, nora and tom try everything with nora's mandates."""

    @initialize()
    def begin(self) -> None:
        self.story = transaction.atomic()
        self.story.__enter__()
        self.now = START
        self.cast = make_cast(START)
        self.told: dict[UUID, Told] = {}
        veras = Accreditation.objects.get()
        veras.pk, veras.volunteer = uuid4(), self.cast.max
        veras.save(force_insert=True)
        self.grant_at_once("carla")

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.story.__exit__(None, None, None)

    def by(self, name: str) -> Actor:
        resident: Resident = getattr(self.cast, name)
        return Actor(resident.pk)

    def tries(self, verb: Callable[..., Any], **given: Any) -> Any:
        """Let somebody try something; a refusal changes nothing."""
        with suppress(DomainError), transaction.atomic():
            return verb(**given, at=self.now) or True
        return None

    def accredited(self) -> set[str]:
        """Name the volunteers of the centre who may act now."""
        rows = Accreditation.objects.in_force(self.now).select_related("volunteer")
        return {each.volunteer.display_name.lower() for each in rows}

    def some(self, number: int) -> UUID | None:
        mandates = list(self.told)
        return mandates[number % len(mandates)] if mandates else None

    def give_up_all(self) -> None:
        for each in self.told.values():
            each.is_over = True

    def begins(self, told: Told, pk: UUID) -> None:
        for other in self.told.values():
            if other.is_in_force(self.now) or (other.is_suspended and other.starts_at):
                other.is_over = True
        told.is_over = False
        told.starts_at = self.now

    # --- What people do -----------------------------------------------------------------------
    @rule(name=PEOPLE, term=st.sampled_from(list(Term)))
    def propose(self, name: str, term: Term) -> None:
        made = self.tries(
            actions.propose_mandate,
            by=self.by(name),
            centre_id=self.cast.centre.pk,
            person_id=self.cast.nora.pk,
            scopes=[Scope.NEWS_READ, Scope.EVENTS_JOIN],
            term=term,
        )
        if made is not None:
            assert name in ("vera", "carla")
            self.told[made.pk] = Told(term, carriers=self.accredited() - {name})

    @rule(name=PEOPLE, number=st.integers(0, 5))
    def put_forward(self, name: str, number: int) -> None:
        if (pk := self.some(number)) and self.tries(
            actions.put_forward, by=self.by(name), mandate_id=pk
        ):
            assert name == "carla"
            assert self.told[pk].forwarded_at is None and not self.told[pk].is_over
            self.told[pk].forwarded_at = self.now

    @rule(
        name=PEOPLE,
        kind=st.sampled_from([ConsentKind.PAPER, ConsentKind.OWN_DEVICE, ConsentKind.SPOKEN]),
        said=st.sampled_from(["ja", "ja", "nein", "vielleicht"]),
        number=st.integers(0, 5),
    )
    def consent(self, name: str, kind: ConsentKind, said: str, number: int) -> None:
        pk = self.some(number)
        if pk is None:
            return
        proof = Proof(
            kind,
            witness="Carla",
            said=said,
            first_witness=self.cast.mia.pk,
            second_witness=self.cast.otto.pk,
            text_hash=Mandate.objects.get(pk=pk).text_hash,
        )
        if not self.tries(actions.give_consent, by=self.by(name), mandate_id=pk, proof=proof):
            return
        told = self.told[pk]
        assert name == ("nora" if kind is ConsentKind.OWN_DEVICE else "carla")
        assert told.forwarded_at is not None and self.now < told.forwarded_at + LAPSES_AFTER
        assert not told.is_over and told.starts_at is None
        if kind is not ConsentKind.PAPER and said != "ja":
            told.is_over = True
            return
        told.yes_at.append(self.now)
        if told.term is Term.YEAR and len(told.yes_at) < 2:
            return
        if told.term is Term.YEAR:
            assert told.yes_at[-1] - told.yes_at[0] >= timedelta(hours=24)
        self.begins(told, pk)

    @rule(name=PEOPLE)
    def somebody_grants_at_once(self, name: str) -> None:
        self.grant_at_once(name)

    def grant_at_once(self, name: str) -> None:
        made = self.tries(
            actions.grant_mandate,
            by=self.by(name),
            centre_id=self.cast.centre.pk,
            person_id=self.cast.nora.pk,
            scopes=[Scope.NEWS_READ],
            term=Term.MONTH,
            consent=Proof(ConsentKind.PAPER, witness="Carla"),
        )
        if made is not None:
            carriers = self.accredited() - {name}
            told = Told(Term.MONTH, self.now, [self.now], carriers=carriers)
            self.told[made.pk] = told
            if name == "carla":
                self.begins(told, made.pk)

    @rule(name=PEOPLE, number=st.integers(0, 5))
    def revoke(self, name: str, number: int) -> None:
        if (pk := self.some(number)) and self.tries(
            actions.revoke_mandate, by=self.by(name), mandate_id=pk
        ):
            assert name in ("nora", "carla")
            self.told[pk].is_over = True

    @rule(name=PEOPLE, number=st.integers(0, 5), again=st.booleans())
    def suspend_or_resume(self, name: str, number: int, again: bool) -> None:
        pk = self.some(number)
        verb = actions.resume_mandate if again else actions.suspend_mandate
        if pk and self.tries(verb, by=self.by(name), mandate_id=pk):
            assert name == "carla"
            self.told[pk].is_suspended = not again

    @rule(
        name=PEOPLE,
        volunteer=st.sampled_from(["vera", "max", "tom"]),
        number=st.integers(0, 5),
        away=st.booleans(),
    )
    def transfer(self, name: str, volunteer: str, number: int, away: bool) -> None:
        """Put a mandate into other hands; to another centre it goes by a new yes alone."""
        pk = self.some(number)
        verb = actions.release_volunteer if away else actions.assign_volunteer
        who = self.by(volunteer).principal_id
        if pk and self.tries(verb, by=self.by(name), mandate_id=pk, volunteer_id=who):
            assert name == "carla" or (away and name == "nora")
            if away:
                self.told[pk].carriers.remove(volunteer)
            else:
                assert volunteer in self.accredited()
                self.told[pk].carriers.add(volunteer)

    @rule(name=PEOPLE)
    def freeze(self, name: str) -> None:
        if self.tries(actions.freeze, by=self.by(name)) and name == "nora":
            self.give_up_all()

    @rule(why=st.sampled_from(list(Why)), comes_back=st.booleans())
    def leave(self, why: Why, comes_back: bool) -> None:
        if self.tries(
            leave_village,
            by=self.by("stella"),
            village="lindental",
            resident_id=self.cast.nora.pk,
            why=why,
        ):
            self.give_up_all()
        if comes_back:
            join_village(
                by=SYSTEM, village=self.cast.lindental, resident=self.cast.nora, at=self.now
            )

    @rule(again=st.booleans())
    def suspend_the_volunteer(self, again: bool) -> None:
        accreditation = Accreditation.objects.get(volunteer=self.cast.vera)
        if again:
            self.tries(
                actions.resume_volunteer,
                by=self.by("carla"),
                accreditation_id=accreditation.pk,
            )
        else:
            self.tries(
                actions.suspend_volunteer,
                by=self.by("carla"),
                accreditation_id=accreditation.pk,
                reason="A doubt",
            )

    @rule(by=WAITS)
    def wait(self, by: timedelta) -> None:
        self.now += by

    @rule(number=st.integers(0, 5), just_before=st.booleans())
    def wait_for_the_end(self, number: int, just_before: bool) -> None:
        running = [each for each in self.told.values() if each.is_in_force(self.now)]
        if running:
            told = running[number % len(running)]
            assert told.starts_at is not None
            end = told.starts_at + timedelta(days=told.term)
            self.now = max(self.now, end - MOMENT if just_before else end)

    # --- What must hold -----------------------------------------------------------------------
    @invariant()
    def only_what_was_agreed_to_is_in_force(self) -> None:
        if not hasattr(self, "cast"):
            return
        stored = set(
            Mandate.objects.in_force(self.now)
            .filter(person=self.cast.nora)
            .values_list("pk", flat=True)
        )
        assert stored == {pk for pk, each in self.told.items() if each.is_in_force(self.now)}
        assert len(stored) <= 1

    @invariant()
    def a_volunteer_acts_only_then(self) -> None:
        if not hasattr(self, "cast"):
            return
        accredited = self.accredited()
        for name in ("vera", "max", "tom"):
            helper_id = self.by(name).principal_id
            for pk, told in self.told.items():
                try:
                    actor_under_mandate(helper_id=helper_id, mandate_id=pk, at=self.now)
                except DomainError:
                    continue
                assert name in accredited & told.carriers and told.is_in_force(self.now)


def live_through(stories: int) -> None:
    run_state_machine_as_test(
        LifeOfMandates,
        settings=settings(
            max_examples=stories,
            stateful_step_count=20,
            deadline=None,
            database=None,
            derandomize="FUZZ_EXAMPLES" not in os.environ,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        ),
    )


class TestWhateverHappens:
    def test_nothing_is_in_force_that_nobody_agreed_to(self) -> None:
        live_through(STORIES)


class TestAMutant:
    """Each breaks one promise, and the machine notices."""

    @pytest.fixture(
        params=[
            "anybody registers",
            "anybody names volunteers",
            "the end belongs to it",
            "freezing forgets",
        ]
    )
    def broken(self, request: Any, monkeypatch: pytest.MonkeyPatch) -> None:
        match request.param:
            case "anybody registers":
                monkeypatch.setattr(policies, "may_register", lambda by, mandate: ALLOWED)
            case "anybody names volunteers":
                monkeypatch.setattr(policies, "may_assign", lambda by, mandate, who: ALLOWED)
            case "the end belongs to it":

                def in_force(rows: MandateQuerySet, at: datetime) -> MandateQuerySet:
                    return rows.filter(
                        models.Q(starts_at__lte=at, ends_at__gte=at),
                        revoked_at=None,
                        suspended_at=None,
                    )

                monkeypatch.setattr(MandateQuerySet, "in_force", in_force)
                monkeypatch.setattr(
                    type(Mandate.objects), "in_force", lambda m, at: in_force(m.all(), at)
                )
            case "freezing forgets":
                monkeypatch.setattr(
                    endings,
                    "stop_everything",
                    lambda person_id, why, at: (at + FROZEN_FOR, []),
                )

    def test_is_found(self, broken: None) -> None:
        with pytest.raises(AssertionError):
            live_through(40)
