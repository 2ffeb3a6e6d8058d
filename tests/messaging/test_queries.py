"""Who may read which case: one table, and the doors that must agree with it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import pytest

from tests.support.cast import Cast
from village.core.actor import SYSTEM, Actor, Scope
from village.core.errors import NotFound
from village.journal.topics import admitted, find
from village.messaging import queries
from village.messaging.models import Case, Department
from village.residents.models import Grant, Membership, Resident, Role

pytestmark = pytest.mark.django_db
READERS = [
    ("nora", True),
    ("otto", True),
    ("edda", False),
    ("vera", False),
    ("tom", False),
    ("mia", False),
    ("carla", False),
    ("max", False),
    ("stella", False),
    ("strang", False),
]


def is_let_in(by: Actor, address: str) -> bool:
    followed = find(address)
    assert followed is not None
    return admitted({by}, followed) == {by}


class TestReadingACase:
    @pytest.mark.parametrize(("name", "may"), READERS)
    def test_is_for_its_author_and_the_clerks(
        self, cast: Cast, case: Case, name: str, may: bool
    ) -> None:
        by = Actor(getattr(cast, name).pk)

        assert queries.cases_visible_to(by).filter(pk=case.pk).exists() is may
        assert is_let_in(by, f"cases/{case.pk}") is may
        if not may:
            with pytest.raises(NotFound):
                queries.visible_case(by, case.pk)

    def test_is_for_a_helper_as_far_as_her_mandate_goes(
        self, case: Case, eddas_case: Case, vera_for_edda: Actor
    ) -> None:
        writes_only = Actor(
            vera_for_edda.principal_id,
            vera_for_edda.helper_id,
            vera_for_edda.mandate_id,
            frozenset({Scope.AUTHORITY_WRITE}),
        )

        assert list(queries.cases_visible_to(vera_for_edda)) == [eddas_case]
        assert is_let_in(vera_for_edda, f"cases/{eddas_case.pk}")
        assert not is_let_in(vera_for_edda, f"cases/{case.pk}")
        assert not queries.cases_visible_to(writes_only).exists()
        assert not is_let_in(writes_only, f"cases/{eddas_case.pk}")

    def test_ends_with_the_membership(self, case: Case, nora: Resident, at: datetime) -> None:
        Membership.objects.filter(resident=nora).update(ended_at=at)
        assert not queries.cases_visible_to(Actor(nora.pk)).exists()

    def test_ends_with_the_role_of_a_clerk(self, case: Case, otto: Resident) -> None:
        Grant.objects.filter(membership__resident=otto).delete()
        assert not queries.cases_visible_to(Actor(otto.pk)).exists()

    def test_is_not_opened_by_a_role_that_another_village_gave(
        self, case: Case, roads: Department, strang: Resident, at: datetime
    ) -> None:
        membership = Membership.objects.get(resident=strang)
        Grant.objects.create(membership=membership, role=Role.CLERK, of=roads.pk, granted_at=at)
        by = Actor(strang.pk)

        assert not queries.cases_visible_to(by).exists()
        assert not is_let_in(by, f"cases/{case.pk}")
        assert not is_let_in(by, f"departments/{roads.pk}/inbox")

    def test_is_for_nobody_in_particular_when_nobody_asks(self, case: Case) -> None:
        assert not queries.cases_visible_to(SYSTEM).exists()


class TestTheDesk:
    @pytest.mark.parametrize(("name", "may"), [("otto", True), ("nora", False), ("stella", False)])
    def test_is_for_the_clerks(
        self, as_: Callable[..., Actor], cast: Cast, roads: Department, name: str, may: bool
    ) -> None:
        assert is_let_in(as_(getattr(cast, name)), f"departments/{roads.pk}/inbox") is may

    def test_is_never_for_a_helper(self, roads: Department, otto: Resident, vera: Resident) -> None:
        vera_for_otto = Actor(otto.pk, helper_id=vera.pk, mandate_id=roads.pk)
        assert not is_let_in(vera_for_otto, f"departments/{roads.pk}/inbox")

    @pytest.mark.parametrize("address", ["cases/nonsense", "departments/nonsense/inbox"])
    def test_answers_no_to_what_is_not_an_id(self, otto: Resident, address: str) -> None:
        assert not is_let_in(Actor(otto.pk), address)
