"""What ends with somebody's place in the village."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import pytest

from tests.support.cast import Cast
from village.assist import queries
from village.assist.models import Mandate, MandateStatus
from village.assist.queries import MandateEnded
from village.core.actor import Actor
from village.journal.models import Entry
from village.residents.actions import leave_village
from village.residents.endings import Why, end_what_depends
from village.residents.models import Resident

pytestmark = pytest.mark.django_db
As = Callable[[Resident], Actor]


class TestLeavingTheVillage:
    def test_ends_the_mandates_a_person_gave_in_the_same_transaction(
        self, as_: As, cast: Cast, at: datetime
    ) -> None:
        leave_village(by=as_(cast.edda), village="lindental", resident_id=cast.edda.pk, at=at)

        assert Mandate.objects.get().status(at) is MandateStatus.REVOKED
        kinds = list(Entry.objects.order_by("pk").values_list("kind", flat=True))
        assert kinds == ["assist.mandate_revoked", "residents.resident_left"]
        assert Entry.objects.order_by("pk")[0].data["why"] == "left"

    def test_ends_what_a_volunteer_may_do_and_leaves_the_mandate_with_the_centre(
        self, as_: As, cast: Cast, at: datetime
    ) -> None:
        leave_village(by=as_(cast.vera), village="lindental", resident_id=cast.vera.pk, at=at)

        assert Mandate.objects.get().status(at) is MandateStatus.ACTIVE
        assert not queries.accredited_centres(as_(cast.vera), at=at)
        with pytest.raises(MandateEnded):
            queries.hold(cast.vera_for_edda())

    @pytest.mark.parametrize("why", list(Why))
    def test_whatever_the_reason_no_mandate_is_left(
        self, cast: Cast, as_: As, at: datetime, why: Why
    ) -> None:
        ended = end_what_depends(
            resident_id=cast.edda.pk, village=None, why=why, by=as_(cast.stella), at=at
        )
        assert [fact.model_dump()["why"] for fact in ended] == [why.value]
        assert not Mandate.objects.in_force(at).exists()
        assert not end_what_depends(
            resident_id=cast.edda.pk, village=None, why=why, by=as_(cast.stella), at=at
        )

    def test_leaves_what_was_given_in_another_village(
        self, cast: Cast, as_: As, at: datetime
    ) -> None:
        end_what_depends(
            resident_id=cast.edda.pk, village="bergheim", why=Why.LEFT, by=as_(cast.edda), at=at
        )
        assert Mandate.objects.in_force(at).exists()
