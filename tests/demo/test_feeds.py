"""The feeds that the demo plays for its own village."""

from __future__ import annotations

from datetime import timedelta
from io import StringIO
from typing import Any

import feedparser
import pytest
from django.core.management import call_command
from django.test import Client
from django.utils import timezone

from village.residents.models import Village

pytestmark = pytest.mark.django_db
FEEDS = [("bote.atom", "atom10", 2), ("feuerwehr.rss", "rss20", 2)]


@pytest.fixture(autouse=True)
def demo() -> None:
    call_command("demo", stdout=StringIO())


def read(name: str, **headers: str) -> Any:
    return Client(headers=headers).get(f"/demo/feeds/{name}")


class TestFeeds:
    @pytest.mark.parametrize(("name", "version", "items"), FEEDS)
    def test_are_read_by_any_reader(self, name: str, version: str, items: int) -> None:
        feed = feedparser.parse(read(name).content)

        assert (feed.version, feed.bozo, len(feed.entries)) == (version, False, items)
        assert all(entry.id and entry.title and entry.published for entry in feed.entries)
        newest_first = [entry.published_parsed for entry in feed.entries]
        assert newest_first == sorted(newest_first, reverse=True)

    @pytest.mark.parametrize(("name", "version", "items"), FEEDS)
    def test_bring_more_while_somebody_watches(self, name: str, version: str, items: int) -> None:
        village = Village.objects.get(pk="lindental")
        village.created_at -= timedelta(hours=1)
        village.save()

        assert len(feedparser.parse(read(name).content).entries) > items

    @pytest.mark.parametrize(("name", "version", "items"), FEEDS)
    def test_say_when_nothing_is_new(self, name: str, version: str, items: int) -> None:
        first = read(name)

        again = read(name, **{"If-Modified-Since": first["Last-Modified"]})

        assert (first.status_code, again.status_code) == (200, 304)

    def test_are_empty_before_the_village_is_settled(self) -> None:
        Village.objects.filter(pk="lindental").update(created_at=timezone.now())

        assert feedparser.parse(read("bote.atom").content).entries == []
