"""The river rises: another authority warns, the village decides by two, and everybody is found."""

from __future__ import annotations

import asyncio
import io
import json
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pypdfium2
import pytest

from demo.ground import CENTRE
from tests.alerts.test_cap import FLOOD
from tests.journeys.test_news_reaches_the_village import API, PHONE, Person
from tests.support.fcm_server import FcmServer
from tests.support.feed_server import FeedServer
from tests.support.forms import Village, running_village
from tests.support.loopback import Loopback, answer, serving
from tests.support.push_server import PushServer
from village.alerts import cap

# Two whom the centre registers: one has a phone that only rings, the other has nothing.
FRIEDA = {
    "display_name": "Frieda Ott",
    "born_on": "1980-02-01",
    "languages": ["de"],
    "ways": ["sms", "voice"],
    "phone": "+4915112345678",
}
GERDA = {
    "display_name": "Gerda Ott",
    "born_on": "1981-02-01",
    "languages": ["de"],
    "ways": ["print"],
}
# Nobody can wait for five minutes here: what was told is told so much earlier.
LATER = """
from datetime import timedelta
from django.db.models import F
from django.utils import timezone
from notifications.models import Notification
Notification.objects.filter(kind="alerts.alert_released", read_at=None).update(
    created_at=F("created_at") - timedelta(seconds=%d), next_step_at=timezone.now())
"""


@pytest.fixture
def authority() -> Iterator[FeedServer]:
    server = FeedServer()
    yield server
    server.close()


@pytest.fixture
def fcm() -> Iterator[FcmServer]:
    with FcmServer() as server:
        yield server


@pytest.fixture
def browsers() -> Iterator[PushServer]:
    """Run the push service of a browser; it learns the village's key when it is there."""
    with PushServer("") as server:
        yield server


@pytest.fixture
def texts() -> Iterator[Loopback]:
    """Run the gateway of the text messages."""
    with serving(answer(b'{"id": "a-text"}')) as server:
        yield server


@pytest.fixture
def village(
    authority: FeedServer,
    fcm: FcmServer,
    browsers: PushServer,
    texts: Loopback,
    tmp_path: Path,
) -> Iterator[Village]:
    key = tmp_path / "service-account.json"
    key.write_text(json.dumps(fcm.credentials))
    with running_village(
        ALERT_TICK_SECONDS="1",
        FCM_CREDENTIALS=str(key),
        FCM_BASE_URL=fcm.base_url,
        SMS_URL=texts.url,
        OUTBOUND_ALLOWED_HOSTS=f"{authority.host},{browsers.place}",
    ) as running:
        yield running


@pytest.fixture
async def phones() -> AsyncIterator[AsyncExitStack]:
    """Hold every phone of the story, and put them away in the end."""
    async with AsyncExitStack() as stack:
        yield stack


def flood(at: datetime) -> bytes:
    """Give the flood service's warning, as it would be sent now."""
    ends = (at + timedelta(hours=12)).isoformat(timespec="seconds")
    text = FLOOD.decode().replace("2026-11-22T11:45:00+01:00", at.isoformat(timespec="seconds"))
    return text.replace("2026-11-23T06:00:00+01:00", ends).encode()


async def eventually(ask: Any, *, seconds: float = 30) -> Any:
    """Ask until there is an answer."""
    async with asyncio.timeout(seconds):
        while not (found := await ask()):
            await asyncio.sleep(0.2)
    return found


def words_of(printed: bytes) -> str:
    """Read paper as a person would."""
    document = pypdfium2.PdfDocument(io.BytesIO(printed))
    words = "\n".join(page.get_textpage().get_text_range() for page in document)
    document.close()
    return words


async def test_flood_warning(
    village: Village,
    authority: FeedServer,
    fcm: FcmServer,
    browsers: PushServer,
    texts: Loopback,
    phones: AsyncExitStack,
) -> None:
    people = ("otto", "stella", "nora", "tom", "vera", "carla")
    otto, stella, nora, tom, vera, carla = (
        Person(phones, village.urls[-1], village.token(name)) for name in people
    )
    home, centre = "/villages/lindental", f"/centres/{CENTRE}"
    await carla.send("POST", f"{centre}/people", FRIEDA)
    await carla.send("POST", f"{centre}/people", GERDA)
    await nora.send("POST", "/me/devices", {"kind": "fcm_token", "address": PHONE})

    browsers.key = (await tom.get("/me/devices/web-push-key"))["public_key"]
    browser = browsers.subscribe()
    await tom.send("POST", "/me/devices", {"kind": "webpush", "subscription": browser.subscription})

    async with nora.socket() as noras:
        seen = await noras.follow("villages/lindental/alerts")

        # The flood service is heard; what it says waits for a person of the town hall.
        authority.publish("/flood.cap", flood(datetime.now(UTC)), content_type=cap.MEDIA_TYPE)
        source = {"name": "Flood service", "url": authority.url("/flood.cap")}
        await stella.send("POST", f"{home}/alert-sources", source | {"codes": [], "trusted": False})

        async def drafts() -> list[Any]:
            found: list[Any] = (await otto.get(f"{home}/alert-drafts"))["items"]
            return found

        [draft] = await eventually(drafts)
        assert draft["source"] == "Flood service"
        assert (await nora.get(f"{home}/alerts", in_force=True))["items"] == []
        await otto.send("POST", f"/alert-drafts/{draft['id']}/release")
        told = await seen.next(15)
        assert told["kind"] == "alerts.alert_released"
        assert told["data"]["texts"][0]["headline"] == "Die Linde steigt"

        # The town hall knows more: otto writes it down, and only somebody else can release it.
        text = {
            "language": "de",
            "event": "Hochwasser",
            "headline": "Die Mühlgasse wird geräumt.",
            "description": "Busse fahren ab der Kirche.",
            "instruction": "Bitte gehen Sie jetzt.",
        }
        update = await otto.send(
            "POST", f"/alerts/{draft['id']}/update", {"template": "flood", "texts": [text]}
        )
        alone = await otto.http.post(f"{API}/alert-drafts/{update['id']}/release")
        assert alone.status_code == 403
        await stella.send("POST", f"/alert-drafts/{update['id']}/release")
        told = await seen.next(15)
        assert (told["data"]["kind"], told["data"]["replaces"]) == ("update", draft["id"])

        # It is on nora's phone and in her inbox, in tom's browser, and with whoever listens.
        async def pushed() -> bool:
            told = [fcm.messages_to(PHONE), browsers.read_by(browser)]
            return all("geräumt" in str(each) for each in told)

        await eventually(pushed)
        inbox = (await nora.get("/me/notifications", limit=100))["items"]
        assert any("geräumt" in each["title"] for each in inbox)
        given_out = cap.read((await nora.http.get("/villages/lindental/alerts.cap")).content)
        assert given_out.msg_type is cap.MsgType.UPDATE
        assert given_out.references[0].identifier == "hnd-4711"

        # Whoever has read nothing after a minute is told another way: frieda by a text message,
        # gerda by a letter that somebody brings.
        await asyncio.to_thread(village.command, "shell", "-c", LATER % 61)

        async def texted() -> list[str]:
            bodies = [each.partition(b"\r\n\r\n")[2] for each in texts.heard]
            said = [json.loads(each) for each in bodies]
            mine = [each["text"] for each in said if each["to"] == FRIEDA["phone"]]
            return [each for each in mine if "Die Mühlgasse wird geräumt." in each]

        async def read_on_paper() -> bool:
            paper = words_of((await carla.http.get(f"{API}{centre}/letters.pdf")).content)
            return "Gerda Ott" in paper and "Mühlgasse" in paper

        await eventually(texted)
        await eventually(read_on_paper)

        # After five minutes somebody calls, or rings at the door: edda has no phone, and is not in.
        await asyncio.to_thread(village.command, "shell", "-c", LATER % 300)

        async def to_call() -> list[Any]:
            listed = (await carla.get(f"{centre}/calls"))["items"]
            return [each for each in listed if each["name"].startswith("Edda")]

        call = (await eventually(to_call))[-1]
        assert "Busse fahren ab der Kirche." in "".join(each["script"] for each in await to_call())
        assert call["is_emergency"] and call["phone"] == ""
        sheet = words_of((await carla.http.get(f"{API}{centre}/calls.pdf")).content)
        assert "Edda Lindner" in sheet and "Kirche" in sheet
        for each in await to_call():
            noted = {"notification": each["notification"], "outcome": "not_reached"}
            await carla.send("POST", f"{centre}/calls", noted)
        assert await to_call() == []

        # Is everybody safe? nora says so herself, and the wardens see who is missing.
        roll = await otto.send(
            "POST", f"{home}/roll-calls", {"alert": update["id"], "shelters": ["Fire station"]}
        )
        address = f"/roll-calls/{roll['id']}"
        assert (await seen.next(15))["data"]["id"] == roll["id"]
        async with vera.socket() as veras:
            heard = await veras.follow(f"roll-calls/{roll['id']}")
            await nora.send("POST", f"{address}/answers", {"condition": "safe"})
            answered = await heard.next(15)
            assert answered["data"]["source"] == "self"

            async def missing() -> list[Any]:
                found: list[Any] = (await vera.get(f"{address}/unaccounted", limit=100))["items"]
                return found

            first = (await missing())[0]
            assert first["display_name"].startswith("Edda")
            assert not first["reached"]
            printed = await otto.http.get(f"{API}{address}/list.pdf")
            assert printed.content.startswith(b"%PDF")
            await tom.send(
                "POST", f"{address}/answers", {"condition": "at_shelter", "shelter": "Fire station"}
            )

            # All others are found on the way from door to door; edda last, in her attic.
            while others := [each for each in await missing() if each["id"] != first["id"]]:
                for each in others:
                    body = {"resident": each["id"], "condition": "safe"}
                    await vera.send("POST", f"{address}/answers", body)
            figures = await otto.get(f"{address}/figures")
            assert figures["accounted"] == figures["people"] - 1
            found = {"resident": first["id"], "condition": "safe", "note": "In the attic."}
            await vera.send("POST", f"{address}/answers", found)
            assert await missing() == []
            figures = await otto.get(f"{address}/figures")
            assert figures["accounted"] == figures["people"]
            assert figures["without_phone_accounted"] == figures["without_phone"] >= 1

        # The water falls. One is enough to say so.
        await otto.send("POST", f"/alerts/{update['id']}/cancel", {"why": "Das Wasser fällt."})

        async def over() -> bool:
            return (await seen.next(15))["data"].get("kind") == "cancel"

        await eventually(over)
        assert (await nora.get(f"{home}/alerts", in_force=True))["items"] == []
    assert "Traceback" not in village.log_text()
