"""Shorthand for the tests of acting in somebody's name."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client

from tests.support.cast import DEPARTMENT, Cast
from tests.web.conftest import browser, mandate  # noqa: F401 - fixtures
from village.assist.models import Accreditation, Assignment
from village.messaging.models import Category, Department
from village.residents.models import Resident

Api = Callable[..., Client]
CASES = "/api/v1/villages/lindental/cases"


@pytest.fixture
def town_hall(cast: Cast, at: datetime) -> Department:
    return Department.objects.create(
        id=DEPARTMENT, village=cast.lindental, name="Citizens", created_at=at
    )


@pytest.fixture
def care(town_hall: Department, at: datetime) -> Category:
    """Give a category of social matters, for which two volunteers are needed."""
    return Category.objects.create(
        village_id="lindental", department=town_hall, name="Care", confidential=True, created_at=at
    )


@pytest.fixture
def helga(cast: Cast, at: datetime) -> Resident:
    """Make nora a second volunteer of the centre, whom edda's mandate names."""
    Accreditation.objects.create(
        village=cast.lindental,
        centre=cast.centre,
        volunteer=cast.nora,
        trained_on=at.date(),
        accredited_at=at - timedelta(days=3650),
        awake_since=at + timedelta(days=3650),
        valid_until=at + timedelta(days=3650),
        created_at=at,
    )
    Assignment.objects.create(mandate=cast.mandate, volunteer=cast.nora, at=at)
    return cast.nora


@pytest.fixture
def write(api: Api, cast: Cast, town_hall: Department) -> Callable[..., Any]:
    """Write to the town hall as vera for edda: ``write(care, prepare=True)``."""

    def send(about: Category | None = None, *, prepare: bool = False, **headers: str) -> Any:
        headers |= {"X-Acting-For": str(cast.mandate.pk)}
        if prepare:
            headers["X-Acting-Prepare"] = "true"
        matter = {
            "department": str(town_hall.pk),
            "category": str(about.pk) if about else None,
            "title": "Help at home",
            "text": "I cannot wash alone any more.",
        }
        return api(cast.vera).post(CASES, matter, content_type="application/json", headers=headers)

    return send
