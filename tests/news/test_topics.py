"""The news on screens: the same frame for all, a tombstone for what was taken back."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

from news import actions
from news.models import Article, Outlet
from news.schemas import ArticleOut
from news.topics import news
from tests.news.factories import attach, item, jpeg, take_in, write
from tests.support.cast import Cast
from village.core.actor import Actor, Scope
from village.journal.queries import frames_after
from village.journal.topics import Frame, admitted, find
from village.residents.models import Resident
from village.residents.topics import residents_me

pytestmark = pytest.mark.django_db
ADDRESS = "villages/lindental/news"


def frames() -> list[Frame]:
    return frames_after(news, ADDRESS, 0, limit=100)


def shown(data: dict[str, Any]) -> ArticleOut:
    """Read an article as a client does: a moment is the same in any spelling."""
    return ArticleOut.model_validate(data)


class TestWhoFollows:
    def test_the_members_of_the_village(self, cast: Cast) -> None:
        followed = find(ADDRESS)
        assert followed is not None
        vera_for_edda = cast.vera_for_edda()
        without_news = Actor(
            vera_for_edda.principal_id,
            vera_for_edda.helper_id,
            vera_for_edda.mandate_id,
            scopes=frozenset({Scope.RIDES_REQUEST}),
        )
        everybody = {Actor(cast.tom.pk), Actor(cast.strang.pk), vera_for_edda, without_news}

        assert admitted(everybody, followed) == {Actor(cast.tom.pk), vera_for_edda}
        assert {by for by in everybody if news.admits(by, village="lindental")} == everybody - {
            Actor(cast.strang.pk)
        }


class TestFrames:
    def test_show_an_article_as_the_list_does(
        self, mia: Resident, tom: Resident, bote: Outlet, at: datetime, api: Any
    ) -> None:
        write(mia, bote, at=at)

        (frame,) = frames()

        listed = api(tom).get("/api/v1/villages/lindental/articles?position=1").json()
        assert frame.kind == "news.article_published"
        assert shown(frame.data) == shown(*listed["items"])
        assert listed["position"]["seq"] == frame.seq
        assert frame.data["outlet_name"] == "Lindentaler Bote"
        assert frame.data["byline"] == "Mia"

    def test_what_was_taken_back_is_a_tombstone(
        self, mia: Resident, bote: Outlet, at: datetime
    ) -> None:
        article = write(mia, bote, at=at, title="Libel", text="Libel.")
        actions.correct_article(by=Actor(mia.pk), article_id=article.pk, text="More.", at=at)
        actions.retract_article(by=Actor(mia.pk), article_id=article.pk, at=at)

        told = frames()

        assert [frame.seq for frame in told] == [1, 2, 3]
        assert [frame.data for frame in told] == [
            {"gone": True},
            {"gone": True},
            {"id": str(article.pk), "gone": True},
        ]

    def test_show_what_an_article_says_now(self, mia: Resident, bote: Outlet, at: datetime) -> None:
        article = write(mia, bote, at=at)
        actions.correct_article(by=Actor(mia.pk), article_id=article.pk, text="Closed.", at=at)

        assert [frame.data["summary"] for frame in frames()] == ["Closed.", "Closed."]

    def test_corrections_and_retractions_take_back_what_was_shown(self) -> None:
        assert news.erasing_kinds == {"news.article_corrected", "news.article_retracted"}

    def test_what_somebody_reads_shows_only_on_her_own_screens(
        self, mia: Resident, edda: Resident, vera_for_edda: Actor, bote: Outlet, at: datetime
    ) -> None:
        article = write(mia, bote, at=at)
        actions.mark_as_read(by=vera_for_edda, article_id=article.pk, at=at)

        assert len(frames()) == 1
        (frame,) = frames_after(residents_me, f"residents/{edda.pk}", 0, limit=10)
        assert frame.scope == Scope.NEWS_READ
        assert frame.data["article"] == str(article.pk)
        assert frame.data["read_aloud"] is True

    def test_a_waiting_picture_is_on_no_frame(
        self, mia: Resident, bote: Outlet, at: datetime
    ) -> None:
        article = write(mia, bote, at=at, publish=False)
        attach(mia, article, jpeg(), at=at)
        actions.publish_article(by=Actor(mia.pk), article_id=article.pk, at=at)

        assert [frame.data["pictures"] for frame in frames()] == [[]]

    def test_applied_to_the_old_list_they_give_the_new_one(
        self, mia: Resident, tom: Resident, bote: Outlet, feed: Any, at: datetime, api: Any
    ) -> None:
        def listed() -> dict[str, Any]:
            body = api(tom).get("/api/v1/villages/lindental/articles?limit=100").json()
            return {one["id"]: shown(one) for one in body["items"]}

        kept = write(mia, bote, at=at)
        lost = write(mia, bote, at=at, title="Lost")
        before, seq = listed(), 2
        take_in(feed, item("1"), item("2"), at=at)
        take_in(feed, item("2", title="Other", content_hash="other"), at=at)
        actions.correct_article(by=Actor(mia.pk), article_id=kept.pk, text="Closed.", at=at)
        actions.retract_article(by=Actor(mia.pk), article_id=lost.pk, at=at)
        actions.retract_article(
            by=Actor(mia.pk), article_id=Article.objects.get(feed_key="1").pk, at=at
        )

        for frame in frames_after(news, ADDRESS, seq, limit=100):
            if frame.kind == "news.article_retracted":
                before.pop(frame.data["id"], None)
            elif not frame.data.get("gone"):
                before[frame.data["id"]] = shown(frame.data)
        assert before == listed()
