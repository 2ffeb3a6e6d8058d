"""Who gets which answer of the news, and how the lists come."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import transaction
from django.test import Client

from news.models import Article, Feed, Outlet
from tests.news.factories import attach, item, jpeg, make_feed, shown_picture, take_in, write
from tests.news.speaking import NEWS, Api
from tests.support.cast import Cast
from village.residents.models import Resident

pytestmark = pytest.mark.django_db
EVERYBODY = ("edda", "vera", "tom", "nora", "otto", "carla", "max", "mia", "stella", "strang")
TINY = jpeg(400, 300)
TEXT: dict[str, Any] = {"title": "Open", "text": "The bridge is open.", "publish": True}


class TestWhoMayDoWhat:
    """One row per operation: its answer to a stranger, to most members, and to some."""

    READ = {"strang": 404, "assisted": 200, "others": 200}
    STAFF = {"strang": 404, "assisted": 403, "others": 403}
    TABLE = [
        ("GET", NEWS + "/outlets", None, READ),
        ("POST", NEWS + "/outlets", {"name": "V", "slug": "v"}, STAFF | {"stella": 201}),
        ("GET", NEWS + "/articles", None, READ),
        ("POST", NEWS + "/articles", TEXT, STAFF | {"mia": 201}),
        ("GET", NEWS + "/drafts", None, READ | {"assisted": 403}),
        ("GET", NEWS + "/reads", None, READ),
        ("GET", "/api/v1/articles/{article}", None, READ),
        ("POST", "/api/v1/articles/{article}/publish", {}, STAFF | {"mia": 200}),
        ("POST", "/api/v1/articles/{article}/correct", {"text": "x"}, STAFF | {"mia": 200}),
        ("POST", "/api/v1/articles/{article}/retract", {}, STAFF | {"mia": 200}),
        ("POST", "/api/v1/articles/{article}/read", {}, READ),
        ("GET", "/api/v1/pictures/{picture}", None, READ),
        ("DELETE", "/api/v1/pictures/{picture}", None, STAFF | {"mia": 204}),
        ("GET", NEWS + "/feeds", None, STAFF | {"mia": 200, "stella": 200}),
        (
            "POST",
            NEWS + "/feeds",
            {"url": "https://new.example/feed"},
            STAFF | {"mia": 201, "stella": 201},
        ),
        ("POST", "/api/v1/feeds/{feed}/stop", {}, STAFF | {"mia": 200, "stella": 200}),
        # A draft is there for its editors only.
        ("GET", "/api/v1/articles/{draft}", None, {"others": 404, "mia": 200}),
        ("POST", "/api/v1/articles/{draft}/publish", {}, {"others": 404, "mia": 200}),
        ("POST", "/api/v1/articles/{draft}/read", {}, {"others": 404}),
        ("GET", "/api/v1/pictures/{waiting}", None, {"others": 404, "mia": 200}),
        # What is not there, and what is of the next village, look the same.
        ("GET", "/api/v1/articles/{nothing}", None, {"others": 404}),
        ("POST", "/api/v1/articles/{nothing}/retract", {}, {"others": 404}),
        ("POST", "/api/v1/feeds/{nothing}/stop", {}, {"others": 404}),
        ("GET", "/api/v1/articles/{foreign}", None, {"others": 404, "strang": 200}),
        ("POST", "/api/v1/articles/{foreign}/read", {}, {"others": 404, "strang": 200}),
        ("POST", "/api/v1/feeds/{foreign_feed}/stop", {}, {"others": 404, "strang": 403}),
        ("GET", "/api/v1/villages/nowhere/articles", None, {"others": 404}),
    ]

    @pytest.mark.parametrize(
        ("method", "path", "body", "answers"), TABLE, ids=[f"{row[0]} {row[1]}" for row in TABLE]
    )
    def test_everybody_gets_her_answer(
        self,
        method: str,
        path: str,
        body: dict[str, Any] | None,
        answers: dict[str, int],
        cast: Cast,
        api: Api,
        assisted: Client,
        article: Article,
        feed: Feed,
        bote: Outlet,
        tal: Outlet,
        at: datetime,
    ) -> None:
        draft = write(cast.mia, bote, at=at, publish=False)
        picture = shown_picture(article, at=at)
        waiting = attach(cast.mia, article, TINY, at=at)
        foreign_feed = make_feed(tal, "https://tal.example/feed", at=at)
        take_in(foreign_feed, item("1"), at=at)
        foreign = Article.objects.get(feed=foreign_feed)
        url = path.format(
            article=article.pk,
            draft=draft.pk,
            picture=picture.pk,
            waiting=waiting.pk,
            feed=feed.pk,
            foreign=foreign.pk,
            foreign_feed=foreign_feed.pk,
            nothing=uuid4(),
        )
        if body is not None and path.endswith(("/articles", "/feeds")):
            body = body | {"outlet": str(bote.pk)}

        got: dict[str, int] = {}
        for name in ("nobody", "assisted", *EVERYBODY):
            client = assisted if name == "assisted" else api(getattr(cast, name, None))
            # Everybody finds the village as it was.
            with transaction.atomic():
                answer = client.generic(
                    method, url, data=json.dumps(body or {}), content_type="application/json"
                )
                transaction.set_rollback(True)
            got[name] = answer.status_code

        default = answers["others"]
        expected = {name: answers.get(name, default) for name in ("assisted", *EVERYBODY)}
        if default == 404 and answers.get("assisted") is None:
            # What a mandate never covers is refused before anything is looked up.
            never = {"publish", "correct", "retract", "stop"}
            expected["assisted"] = 403 if path.rsplit("/", 1)[1] in never else 404
        assert got == expected | {"nobody": 401}


class TestLists:
    def test_come_page_by_page_the_newest_first(
        self, api: Api, tom: Resident, feed: Feed, at: datetime
    ) -> None:
        take_in(feed, *[item(str(n), age=timedelta(days=n + 3)) for n in range(7)], at=at)
        client, seen, after = api(tom), [], ""
        for _ in range(3):
            body = client.get(f"{NEWS}/articles?limit=3{after}").json()
            seen += [one["title"] for one in body["items"]]
            after = f"&after={body['next']}"

        assert seen == [f"Title {n}" for n in range(7)]
        assert body["next"] is None

    def test_can_be_of_one_outlet(
        self, api: Api, tom: Resident, article: Article, verein: Outlet, at: datetime
    ) -> None:
        take_in(make_feed(verein, "https://verein.example/f", at=at), item("1"), at=at)
        body = api(tom).get(f"{NEWS}/articles?outlet={verein.pk}").json()
        assert [one["outlet_name"] for one in body["items"]] == ["Sportverein"]

    def test_cost_the_same_for_one_article_and_for_many(
        self,
        api: Api,
        tom: Resident,
        mia: Resident,
        bote: Outlet,
        at: datetime,
        django_assert_num_queries: Any,
    ) -> None:
        client = api(tom)
        for number in range(5):
            shown_picture(write(mia, bote, at=at + timedelta(minutes=number)), at=at)
            # Session, resident, position, village, articles with outlet and author, pictures,
            # who has looked at the outlets.
            with django_assert_num_queries(7):
                body = client.get(f"{NEWS}/articles?position=1").json()
            assert len(body["items"]) == number + 1
        assert all(one["pictures"][0]["copies"] for one in body["items"])

    def test_outlets_are_sorted_by_name(
        self, api: Api, tom: Resident, verein: Outlet, bote: Outlet
    ) -> None:
        body = api(tom).get(NEWS + "/outlets").json()
        assert [one["name"] for one in body["items"]] == ["Lindentaler Bote", "Sportverein"]
