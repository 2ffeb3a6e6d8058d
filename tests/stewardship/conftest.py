"""Two stewards: what one proposes, the other confirms."""

from __future__ import annotations

from datetime import datetime

import pytest

from tests.support.cast import Cast, secure
from village.residents.models import Grant, Membership, Resident, Role


@pytest.fixture
def sven(cast: Cast, at: datetime) -> Resident:
    """Give Lindental a second steward."""
    person = Resident.objects.create_user("Sven", email="sven@village.example", language="en")
    membership = Membership.objects.create(village=cast.lindental, resident=person, created_at=at)
    Grant.objects.create(membership=membership, role=Role.STEWARD, granted_at=at)
    secure(person)
    return person
