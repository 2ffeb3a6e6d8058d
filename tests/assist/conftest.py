"""Shorthand for the tests of mandates."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import UUID

import pytest
from django.utils import timezone

from tests.support.cast import DEPARTMENT, Cast
from village.assist import actions
from village.assist.actions import Proof
from village.assist.models import ConsentKind, Mandate, Term
from village.core.actor import Actor, Scope
from village.messaging.models import Department

Grant = Callable[..., Mandate]


@pytest.fixture
def grant(cast: Cast, at: datetime) -> Grant:
    """Register a mandate as carla: ``grant(nora.pk)``."""

    def register(person: UUID, **changes: Any) -> Mandate:
        given: dict[str, Any] = {
            "by": Actor(cast.carla.pk),
            "centre_id": cast.centre.pk,
            "person_id": person,
            "scopes": [Scope.AUTHORITY_READ, Scope.AUTHORITY_WRITE],
            "term": Term.MONTH,
            "consent": Proof(ConsentKind.PAPER, "Carla, at the desk"),
            "at": at,
        }
        return actions.grant_mandate(**given | changes)

    return register


@pytest.fixture
def grant_now(grant: Grant) -> Grant:
    """Register a mandate that is in force for requests, whose clock is the real one."""
    return lambda person, **changes: grant(person, at=timezone.now(), **changes)


@pytest.fixture
def roads(cast: Cast, at: datetime) -> Department:
    return Department.objects.create(
        id=DEPARTMENT, village=cast.lindental, name="Roads", created_at=at
    )
