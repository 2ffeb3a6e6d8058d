"""What the tests of the event board share."""

from __future__ import annotations

from datetime import datetime

import pytest
from django.utils import timezone


@pytest.fixture
def now() -> datetime:
    """Give the moment by the clock that the API reads."""
    return timezone.now()
