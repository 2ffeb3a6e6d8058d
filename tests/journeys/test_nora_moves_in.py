"""Nora moves in by the letter in her hall, and away again, leaving nothing."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack
from io import BytesIO
from zipfile import ZipFile

import httpx
import pypdfium2
import pytest

from tests.journeys.test_news_reaches_the_village import API, Person
from tests.support.forms import Village, running_village
from tests.support.passkey import Phone

AUTH = "/_allauth/app/v1"
HOUSE = {"lines": ["Nora Neumann", "Mühlgasse 4", "Lindental"], "people": 1}


@pytest.fixture
def village() -> Iterator[Village]:
    with running_village() as running:
        yield running


@pytest.fixture
async def phones() -> AsyncIterator[AsyncExitStack]:
    async with AsyncExitStack() as stack:
        yield stack


async def newest_code(http: httpx.AsyncClient, email: str) -> str:
    """Read the six digits of the newest letter to somebody, once it has come."""
    async with asyncio.timeout(20):
        while True:
            outbox = (await http.get("/outbox")).text
            if email in outbox and (
                found := re.findall(r"\b\d{6}\b", outbox[outbox.index(email) :])
            ):
                return str(found[0])
            await asyncio.sleep(0.1)


async def sign_up(phones: AsyncExitStack, url: str, email: str) -> Person:
    """Come to the village with nothing but an address, as an app does it."""
    async with httpx.AsyncClient(base_url=url, timeout=20) as http:
        asked = await http.post(f"{AUTH}/auth/signup", json={"email": email})
        assert asked.status_code == 401, asked.text  # one step further: a code is on its way
        pending = {"X-Session-Token": asked.json()["meta"]["session_token"]}
        said = await http.post(
            f"{AUTH}/auth/email/verify",
            json={"key": await newest_code(http, email)},
            headers=pending,
        )
        assert said.status_code == 200, said.text
        return Person(phones, url, said.json()["meta"]["session_token"])


async def sign_in_with_passkey(phones: AsyncExitStack, url: str, phone: Phone) -> Person:
    """Open the door with the key on the phone alone."""
    async with httpx.AsyncClient(base_url=url, timeout=20) as http:
        asked = await http.get(f"{AUTH}/auth/webauthn/login")
        pending = {"X-Session-Token": asked.json()["meta"]["session_token"]}
        signed = phone.sign(asked.json()["data"]["request_options"])
        said = await http.post(
            f"{AUTH}/auth/webauthn/login", json={"credential": signed}, headers=pending
        )
        assert said.status_code == 200, said.text
        return Person(phones, url, said.json()["meta"]["session_token"])


def code_on(pdf: bytes) -> str:
    """Read the code on a letter."""
    with pypdfium2.PdfDocument(pdf) as document:
        words = document[0].get_textpage().get_text_range()
    assert "Nora Neumann" in words
    return str(re.search(r"\d{4} \d{4} \d{4}", words)[0])


async def test_nora_moves_in(village: Village, phones: AsyncExitStack) -> None:
    here, there = village.urls[0], village.urls[-1]
    stella = Person(phones, here, village.token("stella"))
    mia = Person(phones, there, village.token("mia"))

    # Stella prints a letter for the house in which somebody new lives.
    printed = await stella.http.post(
        f"{API}/villages/lindental/letters", json={"households": [HOUSE]}
    )
    assert printed.status_code == 201, printed.text
    code = code_on(printed.content)

    # Nora comes with her address, and belongs nowhere yet; with the code she lives here.
    nora = await sign_up(phones, here, "nora.neumann@mail.example")
    assert (await nora.get("/me"))["memberships"] == []
    assert (await nora.http.get(f"{API}/villages/lindental/articles")).status_code == 404
    came = await nora.send("POST", "/invitations/accept", {"code": code})
    assert came == {"village": "lindental", "residency": "letter"}

    # The letter has done its work: nobody else comes in by it.
    thief = await sign_up(phones, here, "thief@mail.example")
    refused = await thief.http.post(f"{API}/invitations/accept", json={"code": code})
    assert (refused.status_code, refused.json()["code"]) == (422, "entrance.code_not_good")

    # She puts a key on her phone, and from then on it opens the door.
    phone = Phone(here)
    keys = f"{AUTH}/account/authenticators/webauthn"
    offered = await nora.http.get(f"{keys}?passwordless")
    made = phone.register(offered.json()["data"]["creation_options"])
    kept = await nora.http.post(keys, json={"name": "Phone", "credential": made})
    assert kept.status_code == 200, kept.text
    nora = await sign_in_with_passkey(phones, there, phone)
    assert (await nora.get("/me"))["second_factor"] == "set_up"

    # She invites whom she lives with; one place is one place.
    invited = await nora.send("POST", "/villages/lindental/invitations", {"people": 1})
    paul = await sign_up(phones, there, "paul@mail.example")
    come_in = {"code": invited["code"]}
    assert (await paul.send("POST", "/invitations/accept", come_in))["residency"] == "declared"
    assert (await thief.http.post(f"{API}/invitations/accept", json=come_in)).status_code == 422

    # Her first socket: what mia posts is there at once.
    outlets = (await mia.get("/villages/lindental/outlets"))["items"]
    outlet = next(each["id"] for each in outlets if each["name"] == "Lindentaler Bote")
    async with nora.socket() as socket:
        news = await socket.follow("villages/lindental/news")
        await mia.send(
            "POST",
            "/villages/lindental/articles",
            {"outlet": outlet, "title": "Welcome", "text": "To all new here.", "publish": True},
        )
        while (seen := await news.next(15))["data"]["title"] != "Welcome":
            pass
        assert seen["kind"] == "news.article_published"

    # She asks for all that is kept of her, and is told where it is once it is written.
    assert (await nora.send("POST", "/me/export"))["parts"] > 10
    async with asyncio.timeout(60):
        while "/me/data" not in [
            each["link"] for each in (await nora.get("/me/notifications"))["items"]
        ]:
            await asyncio.sleep(0.2)
    export = await nora.get("/me/export")
    assert (export["status"], export["parts_done"]) == ("ready", export["parts"])
    with ZipFile(BytesIO((await nora.http.get(export["file"])).content)) as kept:
        assert kept.testzip() is None
        [herself] = json.loads(kept.read("residents.person.json"))
        assert herself["email"] == "nora.neumann@mail.example"
        [lives] = json.loads(kept.read("residents.memberships.json"))
        assert lives["village"] == "lindental"
    assert (await paul.http.get(export["file"])).status_code == 404

    # She moves away: the village is closed to her, and whom she invited stays.
    await nora.send("DELETE", "/me/memberships/lindental")
    assert (await nora.get("/me"))["memberships"] == []
    assert (await nora.http.get(f"{API}/villages/lindental/articles")).status_code == 404
    assert (await paul.http.get(f"{API}/villages/lindental/articles")).status_code == 200

    # And is erased: neither her sessions nor the key on her phone open anything.
    await nora.send("DELETE", "/me")
    assert (await nora.http.get(f"{API}/me")).status_code == 401
    async with httpx.AsyncClient(base_url=here, timeout=20) as http:
        asked = await http.get(f"{AUTH}/auth/webauthn/login")
        pending = {"X-Session-Token": asked.json()["meta"]["session_token"]}
        signed = phone.sign(asked.json()["data"]["request_options"])
        said = await http.post(
            f"{AUTH}/auth/webauthn/login", json={"credential": signed}, headers=pending
        )
        assert said.status_code in (400, 401), said.text

    # What opens doors is in no log.
    log = village.log_text()
    for secret in (code, code.replace(" ", ""), invited["code"], nora.token, paul.token):
        assert secret not in log
    assert "Traceback" not in log
