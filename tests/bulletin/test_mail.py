"""The bulletin by mail: all of it, as text and as HTML."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.core import mail
from django.core.mail import EmailMultiAlternatives
from django.utils import timezone

from news.models import Outlet
from notifications.actions import set_preference
from notifications.models import Timing, Way
from notifications.tasks import send_due, tell
from tests.events.factories import make_event
from tests.news.factories import write
from tests.support.cast import OUTLET, Cast
from village.bulletin import actions, queries
from village.core.actor import SYSTEM, Actor
from village.journal.models import Entry
from village.journal.queries import recorded

pytestmark = pytest.mark.django_db


@pytest.fixture
def received(cast: Cast, settings: Any) -> EmailMultiAlternatives:
    """Give what nora has in her mail when the bulletin is out; mia wrote something hostile."""
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    settings.SITE_URL = "https://lindental.example"
    now = timezone.now()
    friday = queries.this_week(cast.lindental, now)
    begins = datetime.combine(friday, datetime.min.time(), tzinfo=cast.lindental.tzinfo)
    outlet = Outlet.objects.create(
        id=OUTLET, village=cast.lindental, name="Bote", slug="bote", created_at=begins
    )
    write(cast.mia, outlet, title="Bread <script>&", at=begins - timedelta(days=1))
    soon = begins + timedelta(days=6)
    make_event(cast.tom, at=begins, begins_at=soon, ends_at=soon + timedelta(hours=2))
    set_preference(
        by=Actor(cast.nora.pk), notice="bulletin.weekly", way=Way.EMAIL, timing=Timing.NOW, at=now
    )
    actions.publish_due(by=SYSTEM, at=now)
    tell(recorded(Entry.objects.get(kind="bulletin.bulletin_published", village="lindental")))
    send_due()
    [sent] = [each for each in mail.outbox if each.to == ["nora@village.example"]]
    assert isinstance(sent, EmailMultiAlternatives)
    return sent


class TestTheBulletinByMail:
    def test_is_text_with_a_way_to_each_thing(self, received: EmailMultiAlternatives) -> None:
        assert received.subject.endswith("Lindental")
        text = str(received.body)
        assert "* Bread <script>&\n" in text
        assert "* Coffee and cake\n" in text
        assert "  https://lindental.example/events/" in text

    def test_is_html_with_headings_and_nothing_of_anybodys_own_code(
        self, received: EmailMultiAlternatives
    ) -> None:
        [(html, kind)] = received.alternatives
        assert kind == "text/html" and isinstance(html, str)
        assert html.count("<h1>") == 1 and html.count("<h2>") == 2
        assert 'href="https://lindental.example/events/' in html
        assert "Bread &lt;script&gt;&amp;" in html and "<script>" not in html

    def test_can_be_ended_with_one_click(self, received: EmailMultiAlternatives) -> None:
        assert received.extra_headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
