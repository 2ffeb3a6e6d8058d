"""The town hall of the tests: one department, its clerk otto, and a case of nora's."""

from __future__ import annotations

from datetime import datetime

import pytest

from tests.support.cast import DEPARTMENT
from village.core.actor import Actor
from village.messaging import actions
from village.messaging.models import Case, Category, Department
from village.residents.models import Resident, Village


@pytest.fixture
def roads(lindental: Village, at: datetime) -> Department:
    """Give the department whose clerk otto is."""
    return Department.objects.create(
        id=DEPARTMENT, village=lindental, name="Roads", about="Lamps and holes.", created_at=at
    )


@pytest.fixture
def lamps(roads: Department, at: datetime) -> Category:
    return Category.objects.create(
        village_id=roads.village_id, department=roads, name="Lamps", created_at=at
    )


@pytest.fixture
def case(roads: Department, nora: Resident, at: datetime) -> Case:
    """Give a case that nora has opened."""
    return actions.open_case(
        by=Actor(nora.pk),
        village="lindental",
        department_id=roads.pk,
        title="The lamp at the mill is out",
        text="It is dark there since Monday.",
        at=at,
    )


@pytest.fixture
def eddas_case(roads: Department, vera_for_edda: Actor, at: datetime) -> Case:
    """Give a case that vera has opened for edda."""
    return actions.open_case(
        by=vera_for_edda,
        village="lindental",
        department_id=roads.pk,
        title="The steps are icy",
        text="I cannot get out.",
        at=at,
    )
