"""A village of one's own."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.support.server import VillageServer


@pytest.fixture
def doomed() -> Iterator[VillageServer]:
    """Serve a village for a test that ends it."""
    with VillageServer() as running:
        yield running
