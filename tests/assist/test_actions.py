"""Giving a mandate, and ending it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from uuid import uuid4

import pytest
from django.utils import timezone

from tests.assist.conftest import Grant
from tests.support.cast import Cast
from village.assist import actions, queries
from village.assist.models import Mandate, MandateStatus, Term
from village.assist.queries import MandateEnded
from village.core.actor import SYSTEM, Actor, Scope
from village.core.errors import Forbidden, Invalid, NotFound
from village.journal.models import Entry
from village.residents.models import Grant as RoleGrant
from village.residents.models import Membership, Resident, Role

pytestmark = pytest.mark.django_db
As = Callable[[Resident], Actor]


class TestGrantMandate:
    def test_lets_every_volunteer_of_the_centre_act(
        self, grant: Grant, nora: Resident, vera: Resident, at: datetime
    ) -> None:
        mandate = grant(nora.pk)

        by, name = queries.actor_under_mandate(helper_id=vera.pk, mandate_id=mandate.pk, at=at)
        assert (by.principal_id, by.helper_id, name) == (nora.pk, vera.pk, "Nora")
        assert by.scopes == {Scope.AUTHORITY_READ, Scope.AUTHORITY_WRITE}

    def test_keeps_the_consent_and_who_registered_it(
        self, grant: Grant, nora: Resident, carla: Resident
    ) -> None:
        mandate = Mandate.objects.get(pk=grant(nora.pk).pk)

        consent = mandate.consents.get()
        assert (consent.kind, consent.witness) == ("paper", "Carla, at the desk")
        assert consent.text_hash == mandate.text_hash
        assert mandate.proposed_by == consent.registered_by == carla
        entry = Entry.objects.get()
        assert (entry.kind, entry.principal_id) == ("assist.mandate_granted", carla.pk)

    @pytest.mark.parametrize("term", [Term.DAY, Term.MONTH, Term.HALF_YEAR])
    def test_ends_with_its_term_to_the_moment(
        self, grant: Grant, nora: Resident, vera: Resident, at: datetime, term: Term
    ) -> None:
        mandate = grant(nora.pk, term=term)
        end = at + timedelta(days=term)
        just_before = end - timedelta(microseconds=1)

        assert mandate.ends_at == end
        assert mandate.status(just_before) is MandateStatus.ACTIVE
        queries.actor_under_mandate(helper_id=vera.pk, mandate_id=mandate.pk, at=just_before)
        assert mandate.status(end) is MandateStatus.EXPIRED
        with pytest.raises(MandateEnded):
            queries.actor_under_mandate(helper_id=vera.pk, mandate_id=mandate.pk, at=end)

    def test_keeps_each_scope_once(self, grant: Grant, nora: Resident) -> None:
        mandate = grant(nora.pk, scopes=[Scope.NEWS_READ, Scope.EVENTS_JOIN, Scope.NEWS_READ])
        assert mandate.scopes == ["events.join", "news.read"]

    def test_refuses_a_mandate_for_nothing(self, grant: Grant, nora: Resident) -> None:
        with pytest.raises(Invalid):
            grant(nora.pk, scopes=[])

    def test_refuses_a_mandate_for_oneself(self, grant: Grant, carla: Resident) -> None:
        with pytest.raises(Forbidden):
            grant(carla.pk)

    def test_is_never_done_by_a_volunteer(self, as_: As, grant: Grant, cast: Cast) -> None:
        with pytest.raises(Forbidden):
            grant(cast.nora.pk, by=as_(cast.vera))

    @pytest.mark.parametrize("name", ["edda", "tom", "otto", "mia", "max", "stella", "strang"])
    def test_looks_like_no_centre_to_everybody_else(
        self, as_: As, grant: Grant, cast: Cast, name: str
    ) -> None:
        with pytest.raises(NotFound):
            grant(cast.nora.pk, by=as_(getattr(cast, name)))

    def test_is_never_done_in_somebody_elses_name(self, grant: Grant, cast: Cast) -> None:
        vera_for_carla = Actor(cast.carla.pk, helper_id=cast.vera.pk, mandate_id=uuid4())
        for by in (vera_for_carla, cast.vera_for_edda(), SYSTEM):
            with pytest.raises(NotFound):
                grant(cast.nora.pk, by=by)

    def test_finds_nobody_outside_the_village(self, grant: Grant, cast: Cast, at: datetime) -> None:
        Membership.objects.filter(resident=cast.tom).update(ended_at=at)
        for person in (cast.strang.pk, cast.tom.pk, uuid4()):
            with pytest.raises(NotFound):
                grant(person)
        assert not Entry.objects.exists()

    def test_does_not_believe_a_role_that_another_village_gave(
        self, as_: As, grant: Grant, cast: Cast, at: datetime
    ) -> None:
        membership = Membership.objects.get(resident=cast.strang)
        RoleGrant.objects.create(
            membership=membership, role=Role.COORDINATOR, of=cast.centre.pk, granted_at=at
        )
        assert queries.coordinated_centres(as_(cast.strang)) == set()
        with pytest.raises(NotFound):
            grant(cast.nora.pk, by=as_(cast.strang))


class TestRevokeMandate:
    @pytest.mark.parametrize("name", ["edda", "carla"])
    def test_ends_it_for_good_at_once(
        self, as_: As, cast: Cast, vera: Resident, at: datetime, name: str
    ) -> None:
        by = as_(getattr(cast, name))
        revoked = actions.revoke_mandate(by=by, mandate_id=cast.mandate.pk, at=at)

        assert revoked.status(at) is MandateStatus.REVOKED
        with pytest.raises(MandateEnded):
            queries.actor_under_mandate(helper_id=vera.pk, mandate_id=cast.mandate.pk, at=at)
        assert Entry.objects.get().kind == "assist.mandate_revoked"

    def test_a_second_call_changes_nothing(self, as_: As, cast: Cast, at: datetime) -> None:
        later = at + timedelta(hours=1)
        for moment in (at, later):
            revoked = actions.revoke_mandate(
                by=as_(cast.edda), mandate_id=cast.mandate.pk, at=moment
            )
        assert revoked.revoked_at == at
        assert Entry.objects.count() == 1

    def test_leaves_one_that_has_run_out_as_it_is(
        self, as_: As, cast: Cast, grant: Grant, at: datetime
    ) -> None:
        mandate = grant(cast.nora.pk, term=Term.DAY)
        later = at + timedelta(days=2)
        ended = actions.revoke_mandate(by=as_(cast.nora), mandate_id=mandate.pk, at=later)

        assert (ended.status(later), ended.revoked_at) == (MandateStatus.EXPIRED, None)
        assert Entry.objects.count() == 1

    def test_is_open_to_a_person_who_has_left_the_village(
        self, as_: As, cast: Cast, at: datetime
    ) -> None:
        Membership.objects.filter(resident=cast.edda).update(ended_at=at)
        actions.revoke_mandate(by=as_(cast.edda), mandate_id=cast.mandate.pk, at=at)
        assert Mandate.objects.get().revoked_at == at

    def test_is_not_for_the_volunteer(self, as_: As, cast: Cast, at: datetime) -> None:
        with pytest.raises(Forbidden):
            actions.revoke_mandate(by=as_(cast.vera), mandate_id=cast.mandate.pk, at=at)

    @pytest.mark.parametrize("name", ["tom", "nora", "otto", "mia", "max", "stella", "strang"])
    def test_looks_like_no_mandate_to_everybody_else(
        self, as_: As, cast: Cast, at: datetime, name: str
    ) -> None:
        for mandate in (cast.mandate.pk, uuid4()):
            with pytest.raises(NotFound):
                actions.revoke_mandate(by=as_(getattr(cast, name)), mandate_id=mandate, at=at)
        assert Mandate.objects.get().revoked_at is None

    def test_is_never_done_in_the_persons_name(
        self, cast: Cast, vera_for_edda: Actor, at: datetime
    ) -> None:
        with pytest.raises(NotFound):
            actions.revoke_mandate(by=vera_for_edda, mandate_id=cast.mandate.pk, at=at)


class TestHold:
    """What an acting transaction asks last, whoever checked before."""

    def test_lets_an_act_go_on_while_the_mandate_is_in_force(self, vera_for_edda: Actor) -> None:
        queries.hold(vera_for_edda)

    def test_refuses_after_revocation(self, as_: As, cast: Cast, at: datetime) -> None:
        actions.revoke_mandate(by=as_(cast.edda), mandate_id=cast.mandate.pk, at=at)
        with pytest.raises(MandateEnded):
            queries.hold(cast.vera_for_edda())

    def test_refuses_scopes_that_the_mandate_no_longer_has(self, cast: Cast) -> None:
        by = cast.vera_for_edda()
        Mandate.objects.update(scopes=[Scope.NEWS_READ])
        with pytest.raises(MandateEnded):
            queries.hold(by)

    @pytest.mark.parametrize("name", ["edda", "vera"])
    def test_refuses_once_one_of_the_two_has_left_the_village(
        self, cast: Cast, at: datetime, name: str
    ) -> None:
        Membership.objects.filter(resident=getattr(cast, name)).update(ended_at=at)
        with pytest.raises(MandateEnded):
            queries.hold(cast.vera_for_edda())

    def test_refuses_a_volunteer_whose_accreditation_has_run_out(self, cast: Cast) -> None:
        cast.centre.accreditations.update(valid_until=timezone.now())
        with pytest.raises(MandateEnded):
            queries.hold(cast.vera_for_edda())
