"""Browsers, and the prefix under which vera's show edda's pages."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from tests.support.cast import Cast
from village.residents.models import Resident


@pytest.fixture
def browser(cast: Cast) -> Callable[..., Client]:
    """Open a window as somebody: ``browser(nora).get("/")``; ``browser()`` is a stranger's."""

    def window(resident: Resident | None = None, **options: Any) -> Client:
        client = Client(**options)
        if resident is not None:
            client.force_login(resident, backend="django.contrib.auth.backends.ModelBackend")
        return client

    return window


@pytest.fixture
def mandate(cast: Cast) -> str:
    """Give what stands before the address of each page that vera sees for edda."""
    return f"/for/{cast.mandate.pk}"
