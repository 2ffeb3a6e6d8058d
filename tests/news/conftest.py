"""The paper of Lindental, and a place for its pictures."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from news.models import Article, Feed, Outlet
from tests.news.factories import make_feed, write
from tests.news.speaking import Api
from tests.support.cast import OUTLET, Cast
from tests.support.feed_server import FeedServer, feed_server
from village.residents.models import Resident, Village

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


@pytest.fixture
def heard(bote: Outlet, feed_server: FeedServer, at: datetime) -> Feed:
    """Give the paper a feed on this machine."""
    return make_feed(bote, feed_server.url("/feed.xml"), at=at)


@pytest.fixture
def article(mia: Resident, bote: Outlet, at: datetime) -> Article:
    """Publish an article of mia's."""
    return write(mia, bote, at=at)


@pytest.fixture
def assisted(api: Api, vera: Resident, cast: Cast) -> Client:
    """Speak to the API as vera for edda."""
    return api(vera, **{"X-Acting-For": str(cast.mandate.pk)})
