"""The printed mandate: one page, and a code that leads to what is valid now."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from urllib.parse import urlsplit

import pypdfium2
import pytest
import zxingcpp
from django.conf import settings
from django.test import Client
from django.utils import timezone

from tests.assist.conftest import Grant
from tests.support.cast import Cast
from village.assist import actions, paper
from village.assist.models import Mandate
from village.core.actor import Actor, Scope
from village.residents.models import Resident

pytestmark = pytest.mark.django_db
Api = Callable[..., Client]


def scan(pdf: bytes) -> str:
    """Hold a camera over the page."""
    with pypdfium2.PdfDocument(pdf) as document:
        (found,) = zxingcpp.read_barcodes(document[0].render(scale=2).to_pil())
        return str(found.text)


def pages(pdf: bytes) -> list[str]:
    with pypdfium2.PdfDocument(pdf) as document:
        return [page.get_textpage().get_text_range() for page in document]


def follow(address: str) -> str:
    parts = urlsplit(address)
    assert f"{parts.scheme}://{parts.netloc}" == settings.SITE_URL
    return parts.path


@pytest.fixture
def printed(api: Api, cast: Cast, grant_now: Grant) -> bytes:
    """Let carla print nora's mandate."""
    mandate = grant_now(cast.nora.pk, scopes=[Scope.EVENTS_JOIN, Scope.NEWS_READ])
    answer = api(cast.carla).get(f"/api/v1/mandates/{mandate.pk}/paper")
    assert (answer.status_code, answer["Content-Type"]) == (200, "application/pdf")
    return answer.content


class TestTheMandateOnPaper:
    def test_says_exactly_what_was_put_forward(self, printed: bytes, cast: Cast) -> None:
        (said,) = pages(printed)
        mandate = Mandate.objects.get(person=cast.nora)
        assert "".join(mandate.text.split()) in "".join(said.split())
        assert "The English text is the one that counts" in " ".join(said.split())

    @pytest.mark.parametrize("language", ["de", "en"])
    def test_fits_on_one_page_with_everything_in_it(
        self, cast: Cast, grant_now: Grant, language: str
    ) -> None:
        Resident.objects.filter(pk=cast.nora.pk).update(
            language=language, display_name="Maximiliane-Charlotte von Hohenstein-Grün"
        )
        mandate = grant_now(cast.nora.pk, scopes=list(Scope))
        mandate = Mandate.objects.select_related("person", "centre").get(pk=mandate.pk)
        pdf = paper.print_mandate(mandate, at=timezone.now())
        assert len(pages(pdf)) == 1
        assert scan(pdf) == paper.address_of(mandate)

    def test_is_not_printed_before_it_has_its_words(
        self, api: Api, cast: Cast, at: datetime
    ) -> None:
        draft = actions.propose_mandate(
            by=Actor(cast.carla.pk),
            centre_id=cast.centre.pk,
            person_id=cast.nora.pk,
            scopes=[Scope.NEWS_READ],
            term=31,  # type: ignore[arg-type]
            at=at,
        )
        answer = api(cast.carla).get(f"/api/v1/mandates/{draft.pk}/paper")
        assert (answer.status_code, answer.json()["code"]) == (409, "assist.no_words")


class TestTheCodeOnIt:
    def test_leads_anybody_to_what_is_valid_now(self, printed: bytes, api: Api, cast: Cast) -> None:
        path = follow(scan(printed))
        page = api().get(path).content.decode()
        assert "This mandate is valid now" in page
        assert "sign you up for events" in page and "read the news to you" in page

        mandate = Mandate.objects.get(person=cast.nora)
        actions.revoke_scope(
            by=Actor(cast.nora.pk),
            mandate_id=mandate.pk,
            scope=Scope.EVENTS_JOIN,
            at=timezone.now(),
        )
        page = api().get(path).content.decode()
        assert "sign you up for events" not in page and "read the news to you" in page

        actions.freeze(by=Actor(cast.nora.pk), at=timezone.now())
        page = api().get(path).content.decode()
        assert "This mandate is not valid" in page
        assert "read the news to you" not in page and "Nora" not in page

    def test_of_another_mandate_or_nobody_leads_nowhere(
        self, printed: bytes, api: Api, cast: Cast, grant_now: Grant
    ) -> None:
        path = follow(scan(printed))
        seal = path.rsplit("/", 1)[1]
        other = grant_now(cast.tom.pk)
        for wrong in (
            path[:-1] + ("0" if path[-1] != "0" else "1"),
            f"/mandates/{other.pk}/check/{seal}",
            f"/mandates/{cast.mandate.pk}/check/{seal}",
            f"/mandates/{cast.vera.pk}/check/{seal}",
        ):
            answer = api().get(wrong)
            assert answer.status_code == 404
            assert "Nora" not in answer.content.decode()


class TestTheCardOnPaper:
    def test_shows_every_code_once_and_leads_to_the_stop(self, cast: Cast) -> None:
        now = timezone.now()
        card = actions.issue_card(
            by=Actor(cast.carla.pk), centre_id=cast.centre.pk, person_id=cast.edda.pk, at=now
        )
        pdf = paper.print_card(card, at=now)
        (said,) = pages(pdf)
        plain = "".join(said.split())
        for code in (*card.codes, card.stop_code):
            assert code in plain
        assert scan(pdf) == f"{settings.SITE_URL}/stop"
