"""What the tests of telling people share."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import uuid4

import pytest
from django.db import transaction
from django.utils import timezone, translation
from django.utils.timezone import localtime

from news.facts import ArticlePublished
from notifications import actions
from notifications.models import Device, DeviceKind, Timing, Way
from tests.support.cast import Cast
from village.assist.facts import MandateGranted
from village.core.actor import Actor
from village.journal.actions import record
from village.journal.notices import Notice, Words
from village.journal.readers import Recorded
from village.residents.models import Resident


@pytest.fixture
def now() -> datetime:
    """Give the moment by the clock that the worker reads."""
    return timezone.now()


@pytest.fixture
def granted(cast: Cast, now: datetime) -> Callable[..., Recorded]:
    """Record that carla registered a mandate of edda's: a personal matter of one reader."""

    def grant(**changes: Any) -> Recorded:
        values: dict[str, Any] = {
            "village": "lindental",
            "mandate": cast.mandate.pk,
            "centre": cast.centre.pk,
            "person": cast.edda.pk,
        }
        with transaction.atomic():
            return record(MandateGranted(**{**values, **changes}), by=Actor(cast.carla.pk), at=now)

    return grant


@pytest.fixture
def phone(now: datetime) -> Callable[..., Device]:
    """Give somebody a phone."""

    def register(
        resident: Resident, address: str = "a-phone", kind: DeviceKind = DeviceKind.FCM_FID
    ) -> Device:
        return actions.register_device(by=Actor(resident.pk), kind=kind, address=address, at=now)

    return register


@pytest.fixture
def published(cast: Cast, monkeypatch: pytest.MonkeyPatch, now: datetime) -> Callable[[], Recorded]:
    """Record that mia published an article: a notice for everybody who asked for it."""

    def words(fact: ArticlePublished) -> Words:
        return Words("News", f"{translation.get_language()} {localtime(now).tzinfo}", "/news/a")

    monkeypatch.setattr(Notice.declared["news.article"], "words", words)

    def publish() -> Recorded:
        fact = ArticlePublished(
            village="lindental", article_id=uuid4(), outlet_id=uuid4(), author_id=cast.mia.pk
        )
        with transaction.atomic():
            return record(fact, by=Actor(cast.mia.pk), at=now)

    return publish


@pytest.fixture
def prefers(now: datetime) -> Callable[..., None]:
    """Let somebody choose: ``prefers(tom, "push", "none", notice="*")``."""

    def prefer(
        resident: Resident, way: str, timing: str = "now", notice: str = "news.article"
    ) -> None:
        actions.set_preference(
            by=Actor(resident.pk), notice=notice, way=Way(way), timing=Timing(timing), at=now
        )

    return prefer
