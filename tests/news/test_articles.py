"""Writing, publishing, correcting, taking back and reading."""

from __future__ import annotations

import threading
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import IntegrityError, close_old_connections, connection, transaction

from news import actions
from news.models import Article, ArticleStatus, Outlet, ReadMark
from tests.news.factories import item, kinds, take_in, write
from village.core.actor import Actor, Scope
from village.core.errors import Forbidden, NotFound, OutOfScope, StaleEdit
from village.journal.models import Entry
from village.residents.models import Grant, Membership, Resident, Role

pytestmark = pytest.mark.django_db


class TestWriteArticle:
    def test_publishes_at_once(self, mia: Resident, bote: Outlet, at: datetime) -> None:
        article = write(mia, bote, at=at)

        article.refresh_from_db()
        assert article.status == ArticleStatus.PUBLISHED
        assert article.published_at == at
        assert article.author == mia
        assert kinds() == ["article_published"]

    def test_keeps_a_draft_to_itself(self, mia: Resident, bote: Outlet, at: datetime) -> None:
        article = write(mia, bote, at=at, publish=False)

        assert article.status == ArticleStatus.DRAFT
        assert not kinds()

    def test_makes_paragraphs_of_plain_text(
        self, mia: Resident, bote: Outlet, at: datetime
    ) -> None:
        text = "One <b>& two.\nThree.\r\n\r\nFour.\x0b<script>alert(1)</script>"
        article = write(mia, bote, at=at, text=text)

        assert article.html == (
            "<p>One &lt;b&gt;&amp; two.<br>Three.</p>\n\n"
            "<p>Four.&lt;script&gt;alert(1)&lt;/script&gt;</p>"
        )
        assert article.summary == "One <b>& two. Three. Four.<script>alert(1)</script>"

    @pytest.mark.parametrize("who", ["tom", "stella", "max_", "otto"])
    def test_is_for_the_editors_of_the_outlet(
        self, who: str, request: pytest.FixtureRequest, bote: Outlet, at: datetime
    ) -> None:
        with pytest.raises(Forbidden):
            write(request.getfixturevalue(who), bote, at=at)

    def test_is_not_for_the_editors_of_another_outlet(
        self, mia: Resident, verein: Outlet, at: datetime
    ) -> None:
        with pytest.raises(Forbidden):
            write(mia, verein, at=at)

    def test_knows_no_outlet_of_the_next_village(
        self, mia: Resident, tal: Outlet, at: datetime
    ) -> None:
        for village in ("lindental", "bergheim", "nowhere"):
            with pytest.raises(NotFound):
                write(mia, tal, at=at, village=village)

    def test_is_never_done_by_a_helper(
        self, vera_for_edda: Actor, edda: Resident, bote: Outlet, at: datetime
    ) -> None:
        Grant.objects.create(
            membership=Membership.objects.get(resident=edda),
            role=Role.EDITOR,
            of=bote.pk,
            granted_at=at,
        )
        with pytest.raises(Forbidden):
            actions.write_article(
                by=vera_for_edda,
                village="lindental",
                outlet_id=bote.pk,
                title="t",
                text="t",
                publish=True,
                at=at,
            )


class TestPublishArticle:
    def test_publishes_a_draft_once(self, mia: Resident, bote: Outlet, at: datetime) -> None:
        draft = write(mia, bote, at=at, publish=False)
        for minutes in (5, 6):
            when = at + timedelta(minutes=minutes)
            published = actions.publish_article(by=Actor(mia.pk), article_id=draft.pk, at=when)

        assert published.published_at == at + timedelta(minutes=5)
        assert kinds() == ["article_published"]

    def test_does_not_publish_again_what_was_taken_back(
        self, mia: Resident, bote: Outlet, at: datetime
    ) -> None:
        article = write(mia, bote, at=at)
        actions.retract_article(by=Actor(mia.pk), article_id=article.pk, at=at)

        with pytest.raises(actions.AlreadyRetracted):
            actions.publish_article(by=Actor(mia.pk), article_id=article.pk, at=at)

    def test_a_draft_is_hidden_from_everybody_else(
        self, mia: Resident, tom: Resident, bote: Outlet, at: datetime
    ) -> None:
        draft = write(mia, bote, at=at, publish=False)
        with pytest.raises(NotFound):
            actions.publish_article(by=Actor(tom.pk), article_id=draft.pk, at=at)


class TestCorrectArticle:
    def test_makes_a_new_version(self, mia: Resident, bote: Outlet, at: datetime) -> None:
        article = write(mia, bote, at=at)
        later = at + timedelta(hours=1)

        actions.correct_article(by=Actor(mia.pk), article_id=article.pk, text="Closed.", at=later)

        article.refresh_from_db()
        assert (article.title, article.text) == ("The bridge is open again", "Closed.")
        assert (article.html, article.summary) == ("<p>Closed.</p>", "Closed.")
        assert (article.version, article.edited_at, article.published_at) == (2, later, at)
        assert kinds() == ["article_published", "article_corrected"]

    def test_says_nothing_when_nothing_changes(
        self, mia: Resident, bote: Outlet, at: datetime
    ) -> None:
        article = write(mia, bote, at=at)
        corrected = actions.correct_article(
            by=Actor(mia.pk), article_id=article.pk, title=article.title, at=at
        )
        assert corrected.version == 1
        assert kinds() == ["article_published"]

    def test_tells_nobody_of_a_draft(self, mia: Resident, bote: Outlet, at: datetime) -> None:
        draft = write(mia, bote, at=at, publish=False)
        actions.correct_article(by=Actor(mia.pk), article_id=draft.pk, text="Closed.", at=at)
        assert not kinds()

    def test_refuses_an_editor_who_has_seen_an_older_version(
        self, mia: Resident, bote: Outlet, at: datetime
    ) -> None:
        article = write(mia, bote, at=at)
        actions.correct_article(by=Actor(mia.pk), article_id=article.pk, text="Closed.", at=at)
        with pytest.raises(StaleEdit):
            actions.correct_article(
                by=Actor(mia.pk), article_id=article.pk, text="Open.", seen_version=1, at=at
            )

    def test_leaves_to_a_feed_what_the_feed_says(
        self, mia: Resident, feed: Any, at: datetime
    ) -> None:
        take_in(feed, item("1"), at=at)
        article = Article.objects.get()
        with pytest.raises(Forbidden, match="from a feed"):
            actions.correct_article(by=Actor(mia.pk), article_id=article.pk, text="No.", at=at)


class TestRetractArticle:
    def test_takes_it_back_for_good(
        self, mia: Resident, tom: Resident, bote: Outlet, at: datetime
    ) -> None:
        article = write(mia, bote, at=at)
        for _ in range(2):
            actions.retract_article(by=Actor(mia.pk), article_id=article.pk, at=at)

        assert kinds() == ["article_published", "article_retracted"]
        with pytest.raises(actions.AlreadyRetracted):
            actions.correct_article(by=Actor(mia.pk), article_id=article.pk, text="No.", at=at)
        with pytest.raises(NotFound):
            actions.mark_as_read(by=Actor(tom.pk), article_id=article.pk, at=at)

    def test_the_steward_takes_back_what_a_feed_has_brought(
        self, stella: Resident, tom: Resident, feed: Any, at: datetime
    ) -> None:
        take_in(feed, item("1"), at=at)
        article = Article.objects.get()
        with pytest.raises(Forbidden):
            actions.retract_article(by=Actor(tom.pk), article_id=article.pk, at=at)
        actions.retract_article(by=Actor(stella.pk), article_id=article.pk, at=at)

        article.refresh_from_db()
        assert article.status == ArticleStatus.RETRACTED

    def test_the_steward_does_not_take_back_what_an_editor_wrote(
        self, mia: Resident, stella: Resident, bote: Outlet, at: datetime
    ) -> None:
        article = write(mia, bote, at=at)
        with pytest.raises(Forbidden):
            actions.retract_article(by=Actor(stella.pk), article_id=article.pk, at=at)


class TestMarkAsRead:
    def test_vera_reads_an_article_to_edda(
        self, mia: Resident, edda: Resident, vera_for_edda: Actor, bote: Outlet, at: datetime
    ) -> None:
        article = write(mia, bote, at=at)
        actions.mark_as_read(by=vera_for_edda, article_id=article.pk, at=at)

        mark = ReadMark.objects.get()
        assert (mark.resident, mark.read_aloud, mark.at) == (edda, True, at)
        entry = Entry.objects.get(kind="news.article_read")
        assert entry.principal_id == edda.pk
        assert entry.helper_id == vera_for_edda.helper_id

    def test_a_second_time_changes_nothing(
        self, mia: Resident, tom: Resident, bote: Outlet, at: datetime
    ) -> None:
        article = write(mia, bote, at=at)
        for day in range(2):
            when = at + timedelta(days=day)
            mark = actions.mark_as_read(by=Actor(tom.pk), article_id=article.pk, at=when)

        assert (mark.at, mark.read_aloud) == (at, False)
        assert kinds() == ["article_published", "article_read"]

    def test_needs_a_mandate_that_covers_the_news(
        self, mia: Resident, vera_for_edda: Actor, bote: Outlet, at: datetime
    ) -> None:
        article = write(mia, bote, at=at)
        by = Actor(
            vera_for_edda.principal_id,
            vera_for_edda.helper_id,
            vera_for_edda.mandate_id,
            scopes=frozenset({Scope.EVENTS_JOIN}),
        )
        with pytest.raises(OutOfScope):
            actions.mark_as_read(by=by, article_id=article.pk, at=at)

    def test_is_not_for_the_next_village(
        self, mia: Resident, strang: Resident, bote: Outlet, at: datetime
    ) -> None:
        article = write(mia, bote, at=at)
        for article_id in (article.pk, uuid4()):
            with pytest.raises(NotFound):
                actions.mark_as_read(by=Actor(strang.pk), article_id=article_id, at=at)


class TestTables:
    def test_nothing_is_published_without_its_moment(self, bote: Outlet, at: datetime) -> None:
        with pytest.raises(IntegrityError), transaction.atomic():
            Article.objects.create(
                village_id="lindental", outlet=bote, status="published", created_at=at
            )

    def test_what_a_feed_brings_has_a_key(self, feed: Any, bote: Outlet, at: datetime) -> None:
        with pytest.raises(IntegrityError), transaction.atomic():
            Article.objects.create(village_id="lindental", outlet=bote, feed=feed, created_at=at)


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_of_two_editors_at_once_one_is_told_that_she_is_late(
    mia: Resident, bote: Outlet, at: datetime
) -> None:
    if connection.vendor != "postgresql":
        pytest.skip("one writer at a time is all there is")
    article = write(mia, bote, at=at)
    outcomes: list[str] = []
    ready = threading.Barrier(2, timeout=10)

    def correct(text: str) -> None:
        try:
            ready.wait()
            actions.correct_article(
                by=Actor(mia.pk), article_id=article.pk, text=text, seen_version=1, at=at
            )
            outcomes.append("kept")
        except StaleEdit:
            outcomes.append("late")
        finally:
            connection.close()
            close_old_connections()

    editors = [threading.Thread(target=correct, args=(text,)) for text in ("One.", "Two.")]
    for editor in editors:
        editor.start()
    for editor in editors:
        editor.join(timeout=20)

    assert sorted(outcomes) == ["kept", "late"]
    article.refresh_from_db()
    assert article.version == 2
