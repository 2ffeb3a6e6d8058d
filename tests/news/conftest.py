"""The paper of Lindental, and a place for its pictures."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from news.models import Feed, Outlet
from tests.support.cast import OUTLET
from tests.support.feed_server import feed_server
from village.residents.models import Village

__all__ = ["feed_server"]


@pytest.fixture(autouse=True)
def media(settings: Any, tmp_path: Path) -> Path:
    """Keep pictures in a folder of the test's own, and ask nobody on this machine."""
    settings.OUTBOUND_ALLOWED_HOSTS = []
    settings.MEDIA_ROOT = str(tmp_path / "media")
    return tmp_path / "media"


@pytest.fixture
def bote(lindental: Village, at: datetime) -> Outlet:
    """Print the paper that mia edits."""
    return Outlet.objects.create(
        id=OUTLET, village=lindental, name="Lindentaler Bote", slug="bote", created_at=at
    )


@pytest.fixture
def verein(lindental: Village, at: datetime) -> Outlet:
    """Open an outlet of Lindental that nobody of the cast edits."""
    return Outlet.objects.create(
        village=lindental, name="Sportverein", slug="verein", created_at=at
    )


@pytest.fixture
def tal(bergheim: Village, at: datetime) -> Outlet:
    """Open an outlet of the next village."""
    return Outlet.objects.create(village=bergheim, name="Talblatt", slug="tal", created_at=at)


@pytest.fixture
def feed(bote: Outlet, at: datetime) -> Feed:
    """Give the paper a feed, not pulled yet."""
    return make_feed(bote, "https://bote.example/feed.xml", at=at)


def make_feed(outlet: Outlet, url: str, *, at: datetime) -> Feed:
    return Feed.objects.create(
        village_id=outlet.village_id, outlet=outlet, url=url, due_at=at, created_at=at
    )
