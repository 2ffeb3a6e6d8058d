"""Pictures over HTTP, on their way in and out."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from news import actions, rendering
from news.models import Article, Outlet, Picture
from tests.news.factories import attach, jpeg, write
from tests.news.speaking import Api, post
from village.core.actor import Actor
from village.core.images import MAX_BYTES
from village.residents.models import Resident

pytestmark = pytest.mark.django_db
TINY = jpeg(400, 300)
# Larger than any JSON body may be.
LARGE = jpeg(2000, 1500)


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

    def test_a_repeated_key_takes_one(
        self, api: Api, mia: Resident, article: Article, settings: Any
    ) -> None:
        settings.DATA_UPLOAD_MAX_MEMORY_SIZE = len(LARGE) - 1
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
