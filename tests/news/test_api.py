"""The news over HTTP: what each of the cast gets to see and may do."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.test import Client
from django.utils import timezone

from news import actions, rendering
from news.models import Article, Feed, Outlet, Picture
from tests.news.conftest import make_feed
from tests.news.factories import attach, item, jpeg, kinds, shown_picture, take_in, write
from tests.support.cast import Cast
from village.core.actor import Actor
from village.core.images import MAX_BYTES
from village.residents.models import Resident, Village

pytestmark = pytest.mark.django_db
Api = Callable[..., Client]
NEWS = "/api/v1/villages/lindental"
TINY = jpeg(400, 300)
# Larger than any JSON body may be.
LARGE = jpeg(2000, 1500)
EVERYBODY = ("edda", "vera", "tom", "nora", "otto", "carla", "max", "mia", "stella", "strang")
TEXT: dict[str, Any] = {"title": "Open", "text": "The bridge is open.", "publish": True}


def post(client: Client, path: str, body: Any = None, **headers: str) -> Any:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return client.post(path, body or {}, content_type="application/json", headers=named)


@pytest.fixture
def article(mia: Resident, bote: Outlet, at: datetime) -> Article:
    """Publish an article."""
    return write(mia, bote, at=at)


@pytest.fixture
def assisted(api: Api, vera: Resident, cast: Cast) -> Client:
    """Speak to the API as vera for edda."""
    return api(vera, **{"X-Acting-For": str(cast.mandate.pk)})


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


class TestArticles:
    def test_are_written_published_corrected_and_taken_back(
        self, api: Api, mia: Resident, bote: Outlet
    ) -> None:
        client = api(mia)
        body = TEXT | {"outlet": str(bote.pk), "publish": False}
        draft = post(client, NEWS + "/articles", body)
        assert draft.status_code == 201
        made = draft.json()
        assert (made["status"], made["title"], made["version"]) == ("draft", "Open", 1)
        assert {"id", "village", "created_at"} <= made.keys()
        address = f"/api/v1/articles/{made['id']}"

        assert client.get(NEWS + "/drafts").json()["items"][0]["id"] == made["id"]
        published = post(client, address + "/publish").json()
        assert published["status"] == "published"
        corrected = post(client, address + "/correct", {"text": "Closed."}).json()
        assert (corrected["version"], corrected["text"]) == (2, "Closed.")
        retracted = post(client, address + "/retract")
        assert retracted.json()["status"] == "retracted"
        again = post(client, address + "/publish")
        assert (again.status_code, again.json()["code"]) == (409, "news.article_retracted")
        assert client.get(NEWS + "/articles").json()["items"] == []

    def test_one_that_was_taken_back_looks_absent(
        self, api: Api, tom: Resident, mia: Resident, article: Article, at: datetime
    ) -> None:
        actions.retract_article(by=Actor(mia.pk), article_id=article.pk, at=at)
        client = api(tom)
        taken_back = client.get(f"/api/v1/articles/{article.pk}")
        absent = client.get(f"/api/v1/articles/{uuid4()}")

        assert taken_back.status_code == absent.status_code == 404
        assert taken_back.content == absent.content

    def test_a_repeated_key_writes_one(self, api: Api, mia: Resident, bote: Outlet) -> None:
        body = TEXT | {"outlet": str(bote.pk)}
        first, second = (
            post(api(mia), NEWS + "/articles", body, Idempotency_Key="k") for _ in range(2)
        )
        assert first.json() == second.json()
        assert Article.objects.count() == 1
        assert kinds() == ["article_published"]

    def test_a_correction_can_ask_for_what_was_seen(
        self, api: Api, mia: Resident, article: Article
    ) -> None:
        client = api(mia)
        address = f"/api/v1/articles/{article.pk}"
        etag = client.get(address)["ETag"]

        first = post(client, address + "/correct", {"text": "Closed."}, If_Match=etag)
        second = post(client, address + "/correct", {"text": "Open."}, If_Match=etag)

        assert first.status_code == 200
        assert (second.status_code, second.json()["code"]) == (412, "edit.stale")
        assert client.get(address).json()["text"] == "Closed."

    @pytest.mark.parametrize(
        "wrong",
        [
            {"title": ""},
            {"title": "   "},
            {"title": "x" * 201},
            {"title": "a\nb"},
            {"text": "x" * 20_001},
            {"text": None},
            {"outlet": "not an id"},
            {"publish": "yes"},
            {"extra": 1},
            {"title": "\ud800"},
        ],
        ids=str,
    )
    def test_what_makes_no_sense_is_named(
        self, api: Api, mia: Resident, bote: Outlet, wrong: dict[str, Any]
    ) -> None:
        body = TEXT | {"outlet": str(bote.pk)} | wrong
        response = post(api(mia), NEWS + "/articles", body)

        assert response.status_code == 422
        assert next(iter(wrong)) in response.json()["errors"]
        assert not Article.objects.exists()

    def test_an_outlet_of_the_next_village_is_not_there(
        self, api: Api, mia: Resident, bote: Outlet, tal: Outlet
    ) -> None:
        response = post(api(mia), NEWS + "/articles", TEXT | {"outlet": str(tal.pk)})
        assert response.status_code == 404

    def test_what_an_editor_writes_never_runs(self, api: Api, mia: Resident, bote: Outlet) -> None:
        text = "<script>alert(1)</script> [x](javascript:alert(1)) \u202egnp.exe"
        body = TEXT | {"outlet": str(bote.pk), "text": text}
        made = post(api(mia), NEWS + "/articles", body).json()

        assert "<script" not in made["html"]
        assert "\u202e" not in made["text"]


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
            # Session, resident, position, village, articles with outlet and author, pictures.
            with django_assert_num_queries(6):
                body = client.get(f"{NEWS}/articles?position=1").json()
            assert len(body["items"]) == number + 1
        assert all(one["pictures"][0]["copies"] for one in body["items"])

    def test_outlets_are_sorted_by_name(
        self, api: Api, tom: Resident, verein: Outlet, bote: Outlet
    ) -> None:
        body = api(tom).get(NEWS + "/outlets").json()
        assert [one["name"] for one in body["items"]] == ["Lindentaler Bote", "Sportverein"]


class TestReading:
    def test_vera_reads_the_news_to_edda(
        self, assisted: Client, api: Api, vera: Resident, cast: Cast, article: Article
    ) -> None:
        response = post(assisted, f"/api/v1/articles/{article.pk}/read")

        assert response.status_code == 200
        assert response["X-Acting-For-Name"] == "Edda"
        assert response.json()["read_aloud"] is True
        (mark,) = assisted.get(NEWS + "/reads").json()["items"]
        assert mark["article"] == str(article.pk)
        assert api(vera).get(NEWS + "/reads").json()["items"] == []


class TestOutlets:
    def test_the_steward_lets_one_in_once(
        self, api: Api, stella: Resident, lindental: Village
    ) -> None:
        body = {"name": "Feuerwehr", "slug": "feuerwehr", "homepage": "https://fw.example"}
        first, second = (post(api(stella), NEWS + "/outlets", body) for _ in range(2))

        assert first.status_code == 201
        assert (second.status_code, second.json()["code"]) == (409, "news.outlet_known")

    @pytest.mark.parametrize(
        "wrong", [{"slug": "A b"}, {"homepage": "javascript:x"}, {"name": ""}], ids=str
    )
    def test_what_makes_no_sense_is_named(
        self, api: Api, stella: Resident, wrong: dict[str, str]
    ) -> None:
        body = {"name": "Feuerwehr", "slug": "feuerwehr"} | wrong
        assert post(api(stella), NEWS + "/outlets", body).status_code == 422


class TestFeeds:
    def add(self, client: Client, outlet: Outlet, url: str) -> Any:
        return post(client, NEWS + "/feeds", {"outlet": str(outlet.pk), "url": url})

    def test_is_due_at_once(self, api: Api, stella: Resident, verein: Outlet) -> None:
        before = timezone.now()
        made = self.add(api(stella), verein, "https://verein.example/feed#top").json()

        assert (made["status"], made["url"]) == ("ok", "https://verein.example/feed")
        feed = Feed.objects.get()
        assert before <= feed.due_at <= timezone.now()
        assert api(stella).get(NEWS + "/feeds").json()["items"] == [made]

    @pytest.mark.parametrize(
        "url",
        [
            "ftp://bote.example/feed",
            "file:///etc/passwd",
            "http://127.0.0.1/feed",
            "http://127.0.0.1:8000/feed",
            "http://[::1]/feed",
            "http://[::ffff:10.0.0.1]/feed",
            "http://10.0.0.7/feed",
            "http://169.254.169.254/latest",
            "http://user:secret@bote.example/feed",
            "https://bote.example:8443/feed",
            "https:///feed",
            "feed.xml",
            "http://0x7f.1/",
        ],
    )
    def test_an_address_inside_is_refused(
        self, api: Api, stella: Resident, verein: Outlet, url: str
    ) -> None:
        response = self.add(api(stella), verein, url)

        if url == "http://0x7f.1/":
            # Only a resolver knows what this leads to; it is asked, and checked, at the pull.
            assert response.status_code == 201
            return
        assert (response.status_code, response.json()["code"]) == (422, "outbound.refused")
        assert "url" in response.json()["errors"]
        assert not Feed.objects.exists()

    @pytest.mark.parametrize("url", ["", "https://bote.example/\u00fc", "https://b/" + "x" * 500])
    def test_what_is_no_address_is_named(
        self, api: Api, stella: Resident, verein: Outlet, url: str
    ) -> None:
        response = self.add(api(stella), verein, url)
        assert response.status_code == 422
        assert "url" in response.json()["errors"]

    def test_the_same_address_is_read_once(
        self, api: Api, stella: Resident, verein: Outlet, feed: Feed
    ) -> None:
        response = self.add(api(stella), verein, feed.url)
        assert (response.status_code, response.json()["code"]) == (409, "news.feed_known")

    def test_a_stopped_one_goes_on_when_it_is_added_again(
        self, api: Api, stella: Resident, bote: Outlet, feed: Feed
    ) -> None:
        stopped = post(api(stella), f"/api/v1/feeds/{feed.pk}/stop").json()
        assert (stopped["status"], stopped["last_error"]) == ("gone", "news.feed_stopped")

        assert self.add(api(stella), bote, feed.url).json()["status"] == "ok"
        assert Feed.objects.count() == 1

    def test_an_editor_sees_those_of_her_outlet(
        self, api: Api, mia: Resident, feed: Feed, verein: Outlet, at: datetime
    ) -> None:
        make_feed(verein, "https://verein.example/f", at=at)
        body = api(mia).get(NEWS + "/feeds").json()
        assert [one["url"] for one in body["items"]] == [feed.url]
        assert self.add(api(mia), verein, "https://x.example/f").status_code == 403


class TestPictures:
    def send(
        self, client: Client, article: UUID, data: bytes, alt: Any = "Two cars", **headers: str
    ) -> Any:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        file = SimpleUploadedFile("bridge.jpg", data, content_type="text/html")
        path = f"/api/v1/articles/{article}/pictures"
        return client.post(path, {"file": file, "alt": alt}, headers=named)

    def test_are_taken_rendered_and_shown_to_members(
        self, api: Api, mia: Resident, tom: Resident, article: Article
    ) -> None:
        response = self.send(api(mia), article.pk, LARGE)
        assert response.status_code == 201
        made = response.json()
        assert (made["status"], made["alt"], made["copies"]) == ("waiting", "Two cars", [])

        assert rendering.render_picture(UUID(made["id"]), at=timezone.now())
        shown = api(mia).get(f"/api/v1/pictures/{made['id']}").json()
        assert [copy["width"] for copy in shown["copies"]] == [320, 800, 1600]
        copy = api(tom).get(shown["copies"][0]["url"])
        assert copy.status_code == 200
        assert copy["Content-Type"] == "image/webp"
        assert copy["X-Content-Type-Options"] == "nosniff"
        assert copy["Cache-Control"] == "private, max-age=31536000, immutable"
        assert b"".join(copy.streaming_content)[8:12] == b"WEBP"

    def test_a_repeated_key_takes_one(self, api: Api, mia: Resident, article: Article) -> None:
        assert len(LARGE) > 256 * 1024
        first, second = (
            self.send(api(mia), article.pk, LARGE, Idempotency_Key="k") for _ in range(2)
        )
        other = self.send(api(mia), article.pk, TINY, Idempotency_Key="k")

        assert first.json() == second.json()
        assert other.status_code == 409
        assert Picture.objects.count() == 1

    @pytest.mark.parametrize(
        ("data", "code"),
        [
            (b"<svg onload='alert(1)'/>", "image.not_supported"),
            (b"", "image.broken"),
            (b"\xff\xd8\xff" + bytes(MAX_BYTES), "image.too_large"),
        ],
        ids=["svg", "empty", "too large"],
    )
    def test_what_is_none_is_refused(
        self, api: Api, mia: Resident, article: Article, data: bytes, code: str
    ) -> None:
        response = self.send(api(mia), article.pk, data)
        assert (response.status_code, response.json()["code"]) == (422, code)
        assert "file" in response.json()["errors"]

    def test_a_body_without_a_file_is_named(
        self, api: Api, mia: Resident, article: Article
    ) -> None:
        path = f"/api/v1/articles/{article.pk}/pictures"
        for answer in (
            api(mia).post(path, {"alt": "x"}),
            api(mia).post(path, {"file": "not a file"}),
            self.send(api(mia), article.pk, TINY, alt="x" * 301),
            post(api(mia), path, {"file": "x"}),
        ):
            assert answer.status_code == 422, answer.content

    def test_a_body_that_is_cut_off_is_a_problem(
        self, api: Api, mia: Resident, article: Article
    ) -> None:
        path = f"/api/v1/articles/{article.pk}/pictures"
        kind = "multipart/form-data; boundary=x"
        for body in (b"", b"--x\r\nContent-Disp", b"--x\r\n" * 50):
            answer = api(mia).generic("POST", path, body, content_type=kind)
            assert answer.status_code in (400, 422)
            assert answer["Content-Type"] == "application/problem+json"

    def test_who_may_not_see_the_article_sees_no_picture(
        self, api: Api, mia: Resident, tom: Resident, strang: Resident, bote: Outlet, at: datetime
    ) -> None:
        draft = write(mia, bote, at=at, publish=False)
        picture = attach(mia, draft, TINY, at=at)
        rendering.render_picture(picture.pk, at=at)
        url = f"/media/pictures/{picture.pk}/320.webp"

        def answers(address: str, *people: Resident | None) -> list[int]:
            given = [api(who).get(address) for who in people]
            # A file that is read to its end is closed.
            return [len([*answer]) and answer.status_code for answer in given]

        assert answers(url, mia, tom, strang, None) == [200, 404, 404, 404]
        actions.publish_article(by=Actor(mia.pk), article_id=draft.pk, at=at)
        assert answers(url, mia, tom, strang, None) == [200, 200, 404, 404]
        actions.retract_article(by=Actor(mia.pk), article_id=draft.pk, at=at)
        assert answers(url, mia, tom, strang, None) == [200, 404, 404, 404]
        assert answers(f"/media/pictures/{picture.pk}/321.webp", mia) == [404]
        assert answers(f"/media/pictures/{uuid4()}/320.webp", mia) == [404]
        assert api(mia).post(url).status_code == 405
