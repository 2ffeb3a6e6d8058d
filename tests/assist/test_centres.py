"""Centres, and the volunteers who act under them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from tests.assist.conftest import Grant
from tests.support.cast import Cast
from village.assist import actions, queries
from village.assist.actions.centres import AlreadyProposed, Particulars
from village.assist.actions.mandates import ScopeNotAllowed
from village.assist.models import (
    ASLEEP_AFTER,
    Accreditation,
    AccreditationStatus,
    Centre,
    Mandate,
    MandateStatus,
)
from village.assist.queries import MandateEnded
from village.core.actor import Actor, Scope
from village.core.errors import Forbidden, Invalid, NotFound
from village.journal.models import Entry
from village.residents.models import Membership, Resident

pytestmark = pytest.mark.django_db
As = Callable[[Resident], Actor]


def particulars(**changes: Any) -> Particulars:
    given: dict[str, Any] = {
        "name": "Neue Schule",
        "address": "Schulgasse 5",
        "phone": "",
        "responsible": "Stella",
        "insurance": "LT-1",
        "opening_hours": "Tue 9 to 12",
        "allowed_scopes": list(Scope),
    }
    return Particulars(**given | changes)


@pytest.fixture
def nora_proposed(as_: As, cast: Cast, at: datetime) -> Accreditation:
    return actions.propose_volunteer(
        by=as_(cast.carla),
        centre_id=cast.centre.pk,
        volunteer_id=cast.nora.pk,
        trained_on=at.date(),
        valid_until=at + timedelta(days=365),
        at=at,
    )


@pytest.fixture
def veras(cast: Cast) -> Accreditation:
    return Accreditation.objects.get(volunteer=cast.vera)


class TestACentre:
    def test_is_opened_by_the_steward_who_says_who_answers_for_it(
        self, as_: As, cast: Cast, at: datetime
    ) -> None:
        opened = actions.open_centre(
            by=as_(cast.stella), village="lindental", particulars=particulars(), at=at
        )
        assert (opened.responsible, opened.insurance) == ("Stella", "LT-1")
        assert Entry.objects.get().kind == "assist.centre_opened"

    @pytest.mark.parametrize(
        ("name", "error"), [("carla", Forbidden), ("tom", Forbidden), ("strang", NotFound)]
    )
    def test_is_opened_by_nobody_else(
        self, as_: As, cast: Cast, at: datetime, name: str, error: type[Exception]
    ) -> None:
        with pytest.raises(error):
            actions.open_centre(
                by=as_(getattr(cast, name)),
                village="lindental",
                particulars=particulars(),
                at=at,
            )
        assert Centre.objects.count() == 1

    def test_gives_no_mandate_beyond_what_it_is_allowed(
        self, as_: As, cast: Cast, grant: Grant, at: datetime
    ) -> None:
        actions.change_centre(
            by=as_(cast.stella),
            centre_id=cast.centre.pk,
            particulars=particulars(allowed_scopes=[Scope.NEWS_READ]),
            at=at,
        )
        with pytest.raises(ScopeNotAllowed):
            grant(cast.nora.pk)
        assert grant(cast.nora.pk, scopes=[Scope.NEWS_READ]).covers == {Scope.NEWS_READ}

    def test_looks_after_the_people_of_a_village_it_serves(
        self, as_: As, cast: Cast, grant: Grant, at: datetime
    ) -> None:
        with pytest.raises(NotFound):
            grant(cast.strang.pk)
        actions.change_centre(
            by=as_(cast.stella),
            centre_id=cast.centre.pk,
            particulars=particulars(serves=["bergheim"]),
            at=at,
        )
        mandate = grant(cast.strang.pk)

        assert mandate.village_id == "bergheim"
        by, _name = queries.actor_under_mandate(
            helper_id=cast.vera.pk, mandate_id=mandate.pk, at=at
        )
        assert by.principal_id == cast.strang.pk

    def test_serves_no_village_that_there_is_not(self, as_: As, cast: Cast, at: datetime) -> None:
        with pytest.raises(Invalid):
            actions.change_centre(
                by=as_(cast.stella),
                centre_id=cast.centre.pk,
                particulars=particulars(serves=["nowhere"]),
                at=at,
            )

    def test_ends_everything_with_itself(
        self, as_: As, cast: Cast, veras: Accreditation, grant: Grant, at: datetime
    ) -> None:
        draft = actions.propose_mandate(
            by=as_(cast.vera),
            centre_id=cast.centre.pk,
            person_id=cast.nora.pk,
            scopes=[Scope.NEWS_READ],
            term=31,  # type: ignore[arg-type]
            at=at,
        )
        actions.close_centre(by=as_(cast.stella), centre_id=cast.centre.pk, at=at)

        for mandate in Mandate.objects.all():
            assert (mandate.status(at), mandate.ended_why) == (MandateStatus.REVOKED, "closed")
        assert draft.pk in set(Mandate.objects.values_list("pk", flat=True))
        veras.refresh_from_db()
        assert veras.status(at) is AccreditationStatus.ENDED
        assert queries.coordinated_centres(as_(cast.carla)) == set()
        kinds = set(Entry.objects.values_list("kind", flat=True))
        assert {"assist.mandate_revoked", "assist.accreditation_changed"} < kinds


class TestAVolunteer:
    def test_helps_once_two_members_have_vouched_for_her(
        self, as_: As, cast: Cast, nora_proposed: Accreditation, at: datetime
    ) -> None:
        def stands() -> AccreditationStatus:
            return Accreditation.objects.get(pk=nora_proposed.pk).status(at)

        assert stands() is AccreditationStatus.APPLIED
        for _twice in range(2):
            actions.vouch_for(by=as_(cast.tom), accreditation_id=nora_proposed.pk, at=at)
        assert stands() is AccreditationStatus.APPLIED
        actions.vouch_for(by=as_(cast.mia), accreditation_id=nora_proposed.pk, at=at)
        assert stands() is AccreditationStatus.ACTIVE
        assert cast.nora.pk in queries.volunteers_of(cast.centre, at=at)

    @pytest.mark.parametrize(("name", "error"), [("nora", Forbidden), ("strang", NotFound)])
    def test_is_not_vouched_for_by_herself_or_a_stranger(
        self,
        as_: As,
        cast: Cast,
        nora_proposed: Accreditation,
        at: datetime,
        name: str,
        error: type[Exception],
    ) -> None:
        with pytest.raises(error):
            actions.vouch_for(by=as_(getattr(cast, name)), accreditation_id=nora_proposed.pk, at=at)
        assert not nora_proposed.vouchers.exists()

    def test_is_proposed_once_and_after_her_training(
        self, as_: As, cast: Cast, nora_proposed: Accreditation, at: datetime
    ) -> None:
        wish: dict[str, Any] = {
            "by": as_(cast.carla),
            "centre_id": cast.centre.pk,
            "trained_on": at.date(),
            "valid_until": at + timedelta(days=1),
            "at": at,
        }
        with pytest.raises(AlreadyProposed):
            actions.propose_volunteer(**wish, volunteer_id=cast.nora.pk)
        tomorrow = at.date() + timedelta(days=1)
        with pytest.raises(Invalid):
            actions.propose_volunteer(**wish | {"trained_on": tomorrow}, volunteer_id=cast.tom.pk)
        with pytest.raises(Forbidden):
            actions.propose_volunteer(**wish, volunteer_id=cast.carla.pk)
        with pytest.raises(NotFound):
            actions.propose_volunteer(**wish, volunteer_id=cast.strang.pk)

    def test_does_nothing_while_she_is_suspended(
        self, as_: As, cast: Cast, veras: Accreditation, at: datetime
    ) -> None:
        actions.suspend_volunteer(
            by=as_(cast.carla), accreditation_id=veras.pk, reason="A complaint", at=at
        )
        with pytest.raises(MandateEnded):
            queries.hold(cast.vera_for_edda())
        assert Mandate.objects.get().status(at) is MandateStatus.ACTIVE

        actions.resume_volunteer(by=as_(cast.carla), accreditation_id=veras.pk, at=at)
        queries.hold(cast.vera_for_edda())

    def test_falls_asleep_after_half_a_year_and_is_woken_by_the_coordinator(
        self, as_: As, cast: Cast, veras: Accreditation, at: datetime
    ) -> None:
        Accreditation.objects.filter(pk=veras.pk).update(awake_since=at - ASLEEP_AFTER)
        veras.refresh_from_db()
        assert veras.status(at) is AccreditationStatus.ASLEEP
        assert veras.status(at - timedelta(seconds=1)) is AccreditationStatus.ACTIVE
        assert queries.accredited_centres(as_(cast.vera), at=at) == set()

        actions.resume_volunteer(by=as_(cast.carla), accreditation_id=veras.pk, at=at)
        assert queries.accredited_centres(as_(cast.vera), at=at) == {cast.centre.pk}

    @pytest.mark.parametrize("verb", ["resume_volunteer", "end_accreditation"])
    @pytest.mark.parametrize(("name", "error"), [("vera", Forbidden), ("tom", NotFound)])
    def test_is_decided_about_by_the_coordinator_alone(
        self,
        as_: As,
        cast: Cast,
        veras: Accreditation,
        at: datetime,
        verb: str,
        name: str,
        error: type[Exception],
    ) -> None:
        with pytest.raises(error):
            getattr(actions, verb)(by=as_(getattr(cast, name)), accreditation_id=veras.pk, at=at)

    def test_leaves_her_mandates_with_the_centre(
        self, as_: As, cast: Cast, veras: Accreditation, at: datetime
    ) -> None:
        actions.end_accreditation(by=as_(cast.carla), accreditation_id=veras.pk, at=at)

        with pytest.raises(MandateEnded):
            queries.hold(cast.vera_for_edda())
        assert Mandate.objects.get().status(at) is MandateStatus.ACTIVE

    def test_sees_nobody_she_is_not_assigned_to(
        self, as_: As, cast: Cast, grant: Grant, nora_proposed: Accreditation, at: datetime
    ) -> None:
        for member in (cast.tom, cast.mia):
            actions.vouch_for(by=as_(member), accreditation_id=nora_proposed.pk, at=at)
        toms = grant(cast.tom.pk, volunteers=[cast.nora.pk])

        def seen(who: Resident) -> set[Any]:
            found = queries.mandates_visible_to(as_(who), at=at)
            return set(found.values_list("pk", flat=True))

        assert seen(cast.vera) == {cast.mandate.pk}
        assert seen(cast.nora) == {toms.pk}
        actions.assign_volunteer(
            by=as_(cast.carla), mandate_id=toms.pk, volunteer_id=cast.vera.pk, at=at
        )
        assert seen(cast.vera) == {cast.mandate.pk, toms.pk}
        actions.release_volunteer(
            by=as_(cast.tom), mandate_id=toms.pk, volunteer_id=cast.vera.pk, at=at
        )
        assert seen(cast.vera) == {cast.mandate.pk}

    def test_leaves_when_she_moves_away(
        self, cast: Cast, as_: As, veras: Accreditation, at: datetime
    ) -> None:
        Membership.objects.filter(resident=cast.vera).update(ended_at=at)
        with pytest.raises(MandateEnded):
            queries.hold(cast.vera_for_edda())
