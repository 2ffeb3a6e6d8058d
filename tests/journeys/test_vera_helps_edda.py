"""Edda is 81 and has no device: what others do for her counts, is seen, and ends at her word."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

import pypdfium2
import pytest
import zxingcpp
from asgiref.sync import sync_to_async
from django.test import Client
from django.utils import timezone

from notifications.handing import Handed, letters
from notifications.post import carry_due
from tests.realtime.test_socket import nerves, people, signed_in  # noqa: F401 - fixtures
from tests.support.cast import DEPARTMENT, Cast
from village.acting.actions import make_statement
from village.acting.queries import month_before, to_be_told
from village.assist.models import Centre, Mandate
from village.assist.queries import actor_under_mandate
from village.core.actor import SYSTEM
from village.journal.models import Entry
from village.journal.tasks import sweep
from village.journal.verification import tip_of
from village.messaging.models import Case, Department
from village.residents.models import Resident

pytestmark = pytest.mark.django_db(transaction=True)
API = "/api/v1"
# House rule 6: access that has ended is gone from every socket within five seconds.
WITHIN_S = 5
HOME = {"name": "Edda's house", "lat": 50.015, "lng": 11.508}
HALL = {"name": "The hall", "lat": 50.030, "lng": 11.560}


class App:
    """The API as somebody's app speaks it, for herself or under a mandate."""

    def __init__(self, resident: Resident | None = None, mandate: str = "") -> None:
        headers = {"X-Acting-For": mandate} if mandate else {}
        self.client = Client(headers=headers)
        if resident is not None:
            self.client.force_login(resident, backend="django.contrib.auth.backends.ModelBackend")

    def ask(self, method: str, path: str, body: Any = None, *, expect: int = 200) -> Any:
        send: Callable[..., Any] = getattr(self.client, method)
        more = {} if method == "get" else {"data": body or {}, "content_type": "application/json"}
        is_page = "/check/" in path or path.endswith(".pdf")
        answer = send(path if is_page else API + path, **more)
        assert answer.status_code == expect, answer.content
        is_json = "json" in answer["Content-Type"]
        return answer.json() if is_json else answer.content


def scan(pdf: bytes) -> str:
    """Hold a camera over a printed page, and give the path it leads to."""
    with pypdfium2.PdfDocument(pdf) as document:
        (code,) = zxingcpp.read_barcodes(document[0].render(scale=2).to_pil())
        return urlsplit(code.text).path


def sign_the_paper(cast: Cast) -> tuple[str, str, list[str]]:
    """Let vera draft, carla print and register; give the mandate and the codes of the card."""
    Mandate.objects.all().delete()
    Resident.objects.filter(pk=cast.edda.pk).update(language="en")
    Centre.objects.filter(pk=cast.centre.pk).update(phone="0921 4711")
    vera, carla = App(cast.vera), App(cast.carla)
    centre = f"/centres/{cast.centre.pk}"
    wish = {
        "person": str(cast.edda.pk),
        "scopes": ["events.join", "rides.request", "authority.read", "authority.write"],
        "days": 31,
        "volunteers": [str(cast.vera.pk)],
    }
    draft = vera.ask("post", f"{centre}/mandates", wish, expect=201)
    assert draft["status"] == "draft"
    at = f"/mandates/{draft['id']}"
    # She cannot give herself the power to act.
    vera.ask("post", f"{at}/put-forward", expect=404)
    vera.ask("post", f"{at}/consent", {"kind": "paper", "witness": "Vera"}, expect=404)
    assert carla.ask("post", f"{at}/put-forward")["status"] == "pending_consent"
    page = scan(carla.ask("get", f"{at}/paper"))
    assert b"not valid" in App().ask("get", page)
    signed = {"kind": "paper", "witness": "Carla Neumann, at the desk"}
    assert carla.ask("post", f"{at}/consent", signed)["status"] == "active"
    assert b"This mandate is valid now" in App().ask("get", page)
    # She is reached on paper, and vera cannot change that.
    reached = {"ways": ["print"], "languages": ["en"]}
    carla.ask("put", f"{centre}/people/{cast.edda.pk}/reach", reached)
    vera.ask("put", f"{centre}/people/{cast.edda.pk}/reach", reached, expect=403)
    card = carla.ask("post", f"{centre}/people/{cast.edda.pk}/card", expect=201)
    return draft["id"], card["stop_code"], card["codes"]


def harvest_dinner(cast: Cast) -> tuple[str, Any]:
    """Let nora announce it; give its date."""
    begins = timezone.now() + timedelta(days=3)
    event = {
        "title": "Harvest dinner",
        "text": "Bring an appetite.",
        "begins_at": begins.isoformat(),
        "ends_at": (begins + timedelta(hours=3)).isoformat(),
        "place": HALL,
        "capacity": 40,
        "publish": True,
    }
    made = App(cast.nora).ask("post", "/villages/lindental/events", event, expect=201)
    return made["occurrences"][0]["id"], begins


def read(pdf: bytes) -> str:
    """Give the words on a printed page, on one line."""
    with pypdfium2.PdfDocument(pdf) as document:
        pages = [page.get_textpage().get_text_bounded() for page in document]
    return " ".join(" ".join(pages).split())


def the_post(cast: Cast) -> list[Handed]:
    """Carry what the journal has to tell and what is due; give the letters to be brought."""
    while sweep():
        pass
    carry_due()
    return letters(cast.centre, at=timezone.now())


def help_edda(cast: Cast, mandate: str, code: str) -> tuple[str, str]:
    """Let vera do for edda what she came for; give the case at the town hall, and the session."""
    Department.objects.create(
        id=DEPARTMENT, village=cast.lindental, name="Citizens", created_at=timezone.now()
    )
    occurrence, begins = harvest_dinner(cast)
    vera = App(cast.vera, mandate)
    attendance = f"/occurrences/{occurrence}/attendance"
    begun = vera.ask("put", attendance, {"party_size": 1}, expect=403)
    assert begun["code"] == "assist.no_session"
    # Edda is there: she gives vera a code from her card.
    visit = {"place": "desk", "purpose": "The harvest dinner", "code": code}
    session = App(cast.vera).ask("post", f"/mandates/{mandate}/sessions", visit, expect=201)
    comes = vera.ask("put", attendance, {"party_size": 1})
    assert comes["status"] == "confirmed"
    ride = {
        "from": HOME,
        "to": HALL,
        "earliest": (begins - timedelta(hours=2)).isoformat(),
        "latest_arrival": begins.isoformat(),
        "seats": 1,
    }
    vera.ask("post", "/villages/lindental/carpool/requests", ride, expect=201)
    matter = {"department": str(DEPARTMENT), "title": "My bin", "text": "It was not emptied."}
    case = vera.ask("post", "/villages/lindental/cases", matter, expect=201)
    # What is never delegated, and what this mandate does not cover.
    vera.ask("post", "/me/freeze", expect=403)
    vera.ask("get", "/me/ledger", expect=403)
    vera.ask("get", "/me/reach", expect=403)
    assert Case.objects.get(pk=case["id"]).author_id == cast.edda.pk
    return str(case["id"]), str(session["id"])


def take_home(cast: Cast, session: str) -> str:
    """Let vera end the session and print the slip; give what stands on it."""
    vera = App(cast.vera)
    vera.ask("post", f"/sessions/{session}/end")
    return read(vera.ask("get", f"/sessions/{session}/slip.pdf"))


def month_ends(cast: Cast) -> None:
    """Make edda's statement of this month, as the first of the next one does."""
    this = timezone.now().astimezone(cast.lindental.tzinfo).replace(day=1)
    begins_at, ends_at = month_before(this + timedelta(days=32), cast.lindental.tzinfo)
    assert cast.edda.pk in to_be_told("lindental", begins_at, ends_at)
    make_statement(
        by=SYSTEM,
        person_id=cast.edda.pk,
        village="lindental",
        begins_at=begins_at,
        ends_at=ends_at,
        at=timezone.now(),
    )


class TestVeraHelpsEdda:
    async def test_from_the_paper_to_the_code_on_her_card(
        self,
        people: Cast,  # noqa: F811
        signed_in: Any,  # noqa: F811
    ) -> None:
        cast = people
        mandate, stop_code, codes = await sync_to_async(sign_the_paper)(cast)

        by, _name = await sync_to_async(actor_under_mandate)(
            helper_id=cast.vera.pk, mandate_id=UUID(mandate), at=timezone.now()
        )

        async def follow_edda() -> Any:
            phone = await signed_in(by)
            await phone.say(type="subscribe", topic="residents/me")
            assert (await phone.hear())["type"] == "subscribed"
            return phone

        desk = await follow_edda()
        vera_herself = await signed_in(cast.vera)
        case, session = await sync_to_async(help_edda)(cast, mandate, codes[0])

        # She takes home what was done, what comes of it, and whom to call.
        slip = await sync_to_async(take_home)(cast, session)
        for deed in ("signed you up for an event", "looked for a ride", "wrote to the town hall"):
            assert f"Vera {deed}" in slip
        assert "The harvest dinner" in slip and "The town hall answers you" in slip
        assert "If you change your mind" in slip and "0921 4711" in slip

        # With the session its socket ends.
        async with asyncio.timeout(WITHIN_S):
            assert await desk.hear_close() == 4403

        # Otto answers, and edda reads it herself: she never lost her own access.
        otto = await sync_to_async(App)(cast.otto)
        words = {"text": "We come on Tuesday."}
        await sync_to_async(otto.ask)("post", f"/cases/{case}/messages", words, expect=201)
        edda = await sync_to_async(App)(cast.edda)
        read = await sync_to_async(edda.ask)("get", f"/cases/{case}/messages")
        assert "We come on Tuesday." in [each["text"] for each in read["items"]]

        # The answer and the month's statement reach her on paper, as she wishes.
        await sync_to_async(month_ends)(cast)
        letters = {each.title: each for each in await sync_to_async(the_post)(cast)}
        assert {each.name for each in letters.values()} == {"Edda"}
        assert "The town hall has answered." in letters
        (month,) = (each for title, each in letters.items() if title.startswith("What was done"))
        for deed in ("signed you up for an event", "looked for a ride", "wrote to the town hall"):
            assert f"Vera {deed}" in month.body
        chain = await sync_to_async(tip_of)("lindental")
        assert chain[1][:16] in month.body

        done = (await sync_to_async(edda.ask)("get", "/me/ledger"))["items"]
        assert {line["helper_name"] for line in done} == {"Vera"}
        kinds = [line["kind"] for line in reversed(done)]
        assert kinds[:2] == ["acting.session_begun", "events.attendance_confirmed"]
        assert kinds[-2:] == ["messaging.case_opened", "acting.session_ended"]
        assert any(kind.startswith("carpool.") for kind in kinds)

        # Another day they sit together again, and edda has enough of it.
        again = {"place": "desk", "purpose": "The choir", "code": codes[1]}
        vera = await sync_to_async(App)(cast.vera)
        await sync_to_async(vera.ask)("post", f"/mandates/{mandate}/sessions", again, expect=201)
        desk = await follow_edda()
        # She reads the long code from her card into anybody's phone.
        stranger = await sync_to_async(App)()
        await sync_to_async(stranger.ask)("post", "/cards/stop", {"code": stop_code})
        async with asyncio.timeout(WITHIN_S):
            assert await desk.hear_close() == 4403
        await vera_herself.say(type="ping")
        assert (await vera_herself.hear())["type"] == "pong"

        acts = await sync_to_async(Entry.objects.filter(mandate_id=mandate).count)()
        vera = await sync_to_async(App)(cast.vera, mandate)
        for method, path in (
            ("get", "/me"),
            ("post", f"/cases/{case}/messages"),
        ):
            refused = await sync_to_async(vera.ask)(method, path, words, expect=403)
            assert refused["code"] == "assist.mandate_ended"
        assert await sync_to_async(Entry.objects.filter(mandate_id=mandate).count)() == acts
        proof = {"kind": "paper", "witness": "Carla"}
        wish = {
            "person": str(cast.edda.pk),
            "scopes": ["events.join"],
            "days": 1,
            "consent": proof,
        }
        carla = await sync_to_async(App)(cast.carla)
        frozen = await sync_to_async(carla.ask)(
            "post", f"/centres/{cast.centre.pk}/mandates", wish, expect=409
        )
        assert frozen["code"] == "assist.frozen"
