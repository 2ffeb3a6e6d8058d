"""Articles and outlets over HTTP."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client

from news import actions
from news.models import Article, Outlet
from tests.news.factories import kinds
from tests.news.speaking import NEWS, Api, post
from tests.support.cast import Cast
from village.core.actor import Actor
from village.residents.models import Resident, Village

pytestmark = pytest.mark.django_db
TEXT: dict[str, Any] = {"title": "Open", "text": "The bridge is open.", "publish": True}


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
