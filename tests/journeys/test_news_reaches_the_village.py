"""The main job, whole: what local media post reaches everybody, and nobody misses any of it."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack
from datetime import UTC, datetime
from email.utils import format_datetime
from io import BytesIO
from pathlib import Path
from typing import Any

import httpx
import pytest
from PIL import Image

from tests.support.client import VillageSocket
from tests.support.fcm_server import FcmServer
from tests.support.feed_server import FeedServer, Item, atom, rss
from tests.support.forms import Village, running_village

API = "/api/v1"
CANARY = "canary-4b1d"
PHONE = "fA9sTq0XR1m4c7yVw2Zk3B"


@pytest.fixture
def feeds() -> Iterator[FeedServer]:
    server = FeedServer()
    yield server
    server.close()


@pytest.fixture
def fcm() -> Iterator[FcmServer]:
    with FcmServer() as server:
        yield server


@pytest.fixture
def village(feeds: FeedServer, fcm: FcmServer, tmp_path: Path) -> Iterator[Village]:
    key = tmp_path / "service-account.json"
    key.write_text(json.dumps(fcm.credentials))
    with running_village(
        FEED_TICK_SECONDS="1",
        FCM_CREDENTIALS=str(key),
        FCM_BASE_URL=fcm.base_url,
        OUTBOUND_ALLOWED_HOSTS=httpx.URL(feeds.url("/")).netloc.decode(),
    ) as running:
        yield running


@pytest.fixture
async def phones() -> AsyncIterator[AsyncExitStack]:
    """Hold every phone of the story, and put them away in the end."""
    async with AsyncExitStack() as stack:
        yield stack


class Person:
    """Somebody with a phone: the API as an app speaks it."""

    def __init__(self, phones: AsyncExitStack, url: str, token: str, mandate: str = "") -> None:
        headers = {"X-Session-Token": token}
        if mandate:
            headers["X-Acting-For"] = mandate
        self.url, self.token = url, token
        self.http = httpx.AsyncClient(base_url=url, headers=headers, timeout=20)
        phones.push_async_callback(self.http.aclose)

    async def get(self, path: str, **query: Any) -> Any:
        answer = await self.http.get(API + path, params=query)
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def send(self, method: str, path: str, json: Any = None, **more: Any) -> Any:
        answer = await self.http.request(method, API + path, json=json, **more)
        assert answer.status_code < 300, answer.text
        return answer.json() if answer.content else None

    async def ticket(self) -> str:
        return str((await self.send("POST", "/realtime/tickets"))["ticket"])

    def socket(self) -> VillageSocket:
        return VillageSocket(self.url, ticket=self.ticket)


async def sign_in(phones: AsyncExitStack, url: str, email: str) -> Person:
    """Sign in as an app does: ask for a code, read it from the letter, say it."""
    app = "/_allauth/app/v1/auth/code"
    async with httpx.AsyncClient(base_url=url, timeout=20) as http:
        asked = await http.post(f"{app}/request", json={"email": email})
        assert asked.status_code == 401  # one step further: a code is on its way
        pending = {"X-Session-Token": asked.json()["meta"]["session_token"]}
        outbox = (await http.get("/outbox")).text
        code = re.findall(r"\b\d{6}\b", outbox[outbox.index(email) :])[0]
        said = await http.post(f"{app}/confirm", json={"code": code}, headers=pending)
        assert said.status_code == 200, said.text
        return Person(phones, url, said.json()["meta"]["session_token"])


def picture() -> bytes:
    data = BytesIO()
    Image.new("RGB", (1200, 800), "seagreen").save(data, "JPEG")
    return data.getvalue()


async def test_news_reaches_the_village(
    village: Village, fcm: FcmServer, feeds: FeedServer, phones: AsyncExitStack
) -> None:
    here, there = village.urls[0], village.urls[-1]
    nora = await sign_in(phones, here, "nora@lindental.example")
    tom = await sign_in(phones, there, "tom@lindental.example")
    mia = Person(phones, there, village.token("mia"))
    vera = Person(phones, here, village.token("vera"))

    # nora asked for news, at once, on her phone.
    await nora.send("POST", "/me/devices", {"kind": "fcm_token", "address": PHONE})
    asked = {"notice": "news.article", "way": "push", "timing": "now"}
    await nora.send("PUT", "/me/preferences", asked)

    outlets = (await mia.get("/villages/lindental/outlets"))["items"]
    outlet = next(each["id"] for each in outlets if each["name"] == "Lindentaler Bote")

    async with nora.socket() as noras, tom.socket() as toms:
        noras_news = await noras.follow("villages/lindental/news")
        toms_news = await toms.follow("villages/lindental/news")
        noras_own = await noras.follow("residents/me")

        # Two feeds of the outlet are pulled on schedule: RSS and Atom.
        now = datetime.now(UTC)
        bridge = Item("rss-1", "The bridge is open again", date=format_datetime(now))
        choir = Item("atom-1", "The choir sings on Sunday", date=now.isoformat())
        feeds.publish("/news.rss", rss(bridge))
        feeds.publish("/news.atom", atom(choir))
        for path in ("/news.rss", "/news.atom"):
            await mia.send(
                "POST", "/villages/lindental/feeds", {"outlet": outlet, "url": feeds.url(path)}
            )
        pulled = {(await noras_news.next(20))["data"]["title"] for _ in range(2)}
        assert pulled == {"The bridge is open again", "The choir sings on Sunday"}

        # mia posts an article with a picture, which is made small in the background.
        article = await mia.send(
            "POST",
            "/villages/lindental/articles",
            {
                "outlet": outlet,
                "title": "The bakery opens on Sundays",
                "text": f"Fresh rolls from eight. {CANARY}",
                "publish": True,
            },
            headers={"Idempotency-Key": "bakery"},
        )
        for news in (noras_news, toms_news):
            while (seen := await news.next())["data"]["id"] != article["id"]:
                pass
            assert seen["kind"] == "news.article_published"
        await mia.send(
            "POST",
            f"/articles/{article['id']}/pictures",
            files={"file": ("bakery.jpg", picture(), "image/jpeg")},
            data={"alt": "A green door"},
        )
        pictured = await noras_news.next(20)
        assert pictured["data"]["id"] == article["id"]
        small = pictured["data"]["pictures"][0]["copies"][0]["url"]
        shown = await nora.http.get(small)
        assert shown.headers["Content-Type"] == "image/webp"
        assert shown.content[:4] == b"RIFF"

        # nora is told: a row in her inbox, live, and a push on her phone.
        while (told := await noras_own.next(15))["kind"] != "notifications.notification_made":
            pass
        assert told["seq"] >= 1
        async with asyncio.timeout(20):
            while not any("bakery" in str(each) for each in fcm.messages_to(PHONE)):
                await asyncio.sleep(0.1)
        inbox = await nora.get("/me/notifications", limit=100)
        assert any("bakery" in each["title"] + each["body"] for each in inbox["items"])

        # Her socket is cut; two more articles appear; she resumes and gets exactly those two.
        await noras.cut()
        for title in ("Firewood for sale", "The swimming pool closes"):
            await mia.send(
                "POST",
                "/villages/lindental/articles",
                {"outlet": outlet, "title": title, "text": "Soon.", "publish": True},
            )
        before = len(noras_news.applied)
        await noras.resume()
        missed = [await noras_news.next(), await noras_news.next()]
        assert [each["data"]["title"] for each in missed] == [
            "Firewood for sale",
            "The swimming pool closes",
        ]
        await asyncio.sleep(1.5)
        assert len(noras_news.applied) == before + 2
        numbers = [each["seq"] for each in noras_news.applied]
        assert numbers == list(range(numbers[0], numbers[0] + len(numbers)))
        assert [each["seq"] for each in toms_news.applied] == numbers[: len(toms_news.applied)]

    # vera acts for edda: reads the article to her, and signs her up for news on paper.
    held = (await vera.get("/me/mandates"))["items"]
    mandate = next(each["id"] for each in held if each["side"] == "held")
    for_edda = Person(phones, here, vera.token, mandate)
    assert (await for_edda.get("/me"))["acting_for"]["display_name"].startswith("Edda")
    await for_edda.send("POST", f"/articles/{article['id']}/read")
    on_paper = {"notice": "news.article", "way": "print", "timing": "now"}
    await for_edda.send("PUT", "/me/preferences", on_paper)

    edda = Person(phones, here, village.token("edda"))
    ledger = (await edda.get("/me/ledger"))["items"]
    assert {"news.article_read", "notifications.preference_set"} <= {e["kind"] for e in ledger}
    assert all("Vera" in str(entry) for entry in ledger[:2])

    # What people wrote, and what lets them in, is in no log.
    log = village.log_text()
    for secret in (CANARY, nora.token, mia.token, vera.token, PHONE):
        assert secret not in log
    assert "Traceback" not in log
