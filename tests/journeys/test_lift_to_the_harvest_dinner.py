"""
A lift to the harvest dinner, whole: a helper asks, it is found at once, booked and ridden.

It is told three times: by an estimate of the ways, on streets drawn for it, and on real roads,
where an extract of OpenStreetMap lies beside the checkout.
"""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from carpool.routing.openstreetmap import build
from tests.carpool.routing.streets import town
from tests.journeys.test_news_reaches_the_village import Person
from tests.support.followed import Followed
from tests.support.forms import Village, running_village

LINDENTAL = "/villages/lindental"
# Edda's street lies beside Tom's way from the mill to the hall of Harsdorf.
MILL = {"name": "Mühlgrund", "lat": 50.0107, "lng": 11.5141}
EDDAS_DOOR = {"name": "Bei der Linde", "lat": 50.0149, "lng": 11.5066}
HALL = {"name": "Harsdorf, Gemeindehalle", "lat": 50.0307, "lng": 11.5743}
FARTHER = {"name": "Trebgast, Markt", "lat": 50.0681, "lng": 11.5527}
A_SECOND = 1.0
# (c) OpenStreetMap contributors, Open Database License 1.0.
EXTRACT = Path(__file__).parents[3] / "shared/data/roads/north-bayreuth.osm.pbf"


@pytest.fixture(params=["estimate", "streets", "extract"])
def village(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Village]:
    """Run the village, with one kind of roads."""
    extract = EXTRACT
    if request.param == "streets":
        extract = town(size=44, step=0.005).write(tmp_path / "streets.osm.pbf")
    if request.param != "estimate":
        if not extract.exists():
            pytest.skip("no extract of OpenStreetMap lies beside the checkout")
        build(extract, lambda said: None).save(tmp_path / "roads.npz")
    with running_village(VAR_DIR=str(tmp_path)) as running:
        yield running


@pytest.fixture
async def phones() -> AsyncIterator[AsyncExitStack]:
    """Hold every phone of the story, and put them away in the end."""
    async with AsyncExitStack() as stack:
        yield stack


def shows_the_door(told: Any) -> bool:
    """Tell whether edda's door is named; a place near it may begin with the same figures."""
    return re.search(rf"{EDDAS_DOOR['lat']}(?!\d)", str(told)) is not None


async def heard(own: Followed, kind: str, about: str, patience: float = 10) -> dict[str, Any]:
    """Wait for one kind of frame that names something."""
    async with asyncio.timeout(patience):
        while True:
            frame = await own.next(patience)
            if frame["kind"] == kind and about in str(frame["data"]):
                data: dict[str, Any] = frame["data"]
                return data


async def lifts(person: Person, date: str, many: int) -> list[dict[str, Any]]:
    """Wait until the background job has written a person's requests for one date of an event."""
    async with asyncio.timeout(20):
        while True:
            own = await person.get(f"{LINDENTAL}/carpool/requests", mine=True, limit=100)
            found = [each for each in own["items"] if each["occurrence"] == date]
            if len(found) == many:
                return found
            await asyncio.sleep(0.2)


async def test_lift_to_the_harvest_dinner(
    village: Village, phones: AsyncExitStack, request: pytest.FixtureRequest
) -> None:
    by_estimate = "estimate" in request.node.callspec.id
    here, there = village.urls[0], village.urls[-1]
    stella = Person(phones, here, village.token("stella"))
    tom = Person(phones, there, village.token("tom"))
    nora = Person(phones, here, village.token("nora"))
    edda = Person(phones, here, village.token("edda"))
    vera = Person(phones, there, village.token("vera"))
    held = (await vera.get("/me/mandates"))["items"]
    mandate = next(each["id"] for each in held if each["side"] == "held")
    for_edda = Person(phones, there, vera.token, mandate)

    # Soon enough to be driven within this story, late enough to be matched.
    begins = datetime.now(UTC) + timedelta(hours=3)
    dinner = await stella.send(
        "POST",
        f"{LINDENTAL}/events",
        {
            "title": "Harvest dinner",
            "text": "Soup, bread and songs.",
            "begins_at": begins.isoformat(),
            "ends_at": (begins + timedelta(hours=4)).isoformat(),
            "place": HALL,
            "capacity": 80,
            "publish": True,
        },
    )
    date = dinner["occurrences"][0]["id"]

    async with edda.socket() as eddas, tom.socket() as toms:
        eddas_own, toms_own = (
            await eddas.follow("residents/me"),
            await toms.follow("residents/me"),
        )

        # Vera writes down where Edda's lifts begin, and signs her up: she needs a lift.
        await for_edda.send("PUT", f"{LINDENTAL}/carpool/profile", {"home": EDDAS_DOOR})
        await for_edda.send(
            "PUT", f"/occurrences/{date}/attendance", {"party_size": 1, "needs_lift": True}
        )
        asked = await lifts(for_edda, date, 2)
        way_there = next(each for each in asked if each["leg"] == "there")
        assert {each["leg"] for each in asked} == {"there", "back"}
        assert way_there["via_helper"]

        # Tom offers a ride past her street; both learn of it at once.
        leaves = begins - timedelta(minutes=50)
        offer = await tom.send(
            "POST",
            f"{LINDENTAL}/carpool/offers",
            {
                "from": MILL,
                "to": FARTHER,
                "departs_at": leaves.isoformat(),
                "flexible_minutes": 10,
                "seats": 1,
                "detour_minutes": 40,
            },
        )
        offered_at = time.monotonic()
        found, told = await asyncio.gather(
            heard(eddas_own, "carpool.match_found", offer["id"]),
            heard(toms_own, "carpool.match_found", way_there["id"]),
        )
        assert time.monotonic() - offered_at < A_SECOND
        assert found["id"] == told["id"]
        assert found["detour_seconds"] % 300 == 0
        assert not shows_the_door(found)

        # Booked by Vera, accepted by Tom in person, confirmed: now he sees her door.
        booking = await for_edda.send(
            "POST",
            f"/carpool/offers/{offer['id']}/bookings",
            {"request": way_there["id"], "seats": 1},
        )
        at_booking = f"/carpool/bookings/{booking['id']}"
        assert booking["status"] == "requested"
        await heard(toms_own, "carpool.seats_booked", booking["id"])
        accepted = await tom.send("POST", f"{at_booking}/accept")
        assert not shows_the_door(accepted)
        confirmed = await for_edda.send("POST", f"{at_booking}/confirm")
        assert confirmed["status"] == "confirmed"
        await heard(toms_own, "carpool.booking_confirmed", booking["id"])
        assert shows_the_door(await tom.get(at_booking))

        # Nora's later request fits the second leg of the same seat: Edda has left the car by then.
        later = await nora.send(
            "POST",
            f"{LINDENTAL}/carpool/requests",
            {
                "from": HALL,
                "to": FARTHER,
                "earliest": leaves.isoformat(),
                "latest_arrival": (begins + timedelta(hours=1)).isoformat(),
            },
        )
        await heard(toms_own, "carpool.match_found", later["id"])
        fits = (await nora.get(f"/carpool/requests/{later['id']}/matches"))["items"]
        assert {each["offer"]["id"]: each["estimate"] for each in fits} == {
            offer["id"]: by_estimate
        }
        second = await nora.send(
            "POST",
            f"/carpool/offers/{offer['id']}/bookings",
            {"request": later["id"], "seats": 1},
        )
        await tom.send("POST", f"/carpool/bookings/{second['id']}/accept")
        full = await tom.get(f"/carpool/offers/{offer['id']}")
        assert (full["seats"], full["seats_left"]) == (1, 0)
        refused = await edda.http.post(
            f"/api/v1/carpool/offers/{offer['id']}/bookings", json={"seats": 1}
        )
        assert refused.status_code == 409

        # Tom leaves ten minutes later: both are told what changed, and still have their seats.
        await tom.send(
            "PATCH",
            f"/carpool/offers/{offer['id']}",
            {"departs_at": (leaves + timedelta(minutes=10)).isoformat()},
        )
        changed = await heard(eddas_own, "carpool.ride_changed", offer["id"])
        assert datetime.fromisoformat(changed["departs_at"]) > leaves
        assert (await for_edda.get(at_booking))["status"] == "confirmed"

        # Nobody boards before the ride leaves. Tom can go now, and does.
        early = await edda.http.post(f"/api/v1{at_booking}/board")
        assert early.json()["code"] == "carpool.too_early"
        await for_edda.send("POST", f"{at_booking}/cancel")
        reopened = await lifts(for_edda, date, 2)
        assert {each["status"] for each in reopened} == {"open"}

    await _ride_home(village, phones, stella, for_edda)

    # Where she lives is in no log.
    log = village.log_text()
    assert not shows_the_door(log)
    assert "Traceback" not in log


async def _ride_home(
    village: Village, phones: AsyncExitStack, driver: Person, rider: Person
) -> None:
    """Let somebody ride along right now, to the end."""
    now = datetime.now(UTC)
    offer = await driver.send(
        "POST",
        f"{LINDENTAL}/carpool/offers",
        {
            "from": MILL,
            "to": FARTHER,
            "departs_at": (now + timedelta(seconds=4)).isoformat(),
            "flexible_minutes": 30,
            "seats": 2,
        },
    )
    booking = await rider.send("POST", f"/carpool/offers/{offer['id']}/bookings", {"seats": 1})
    at_booking = f"/carpool/bookings/{booking['id']}"
    await driver.send("POST", f"{at_booking}/accept")
    await rider.send("POST", f"{at_booking}/confirm")
    await asyncio.sleep(max(0.0, 4.2 - (datetime.now(UTC) - now).total_seconds()))
    await rider.send("POST", f"{at_booking}/board")
    done = await rider.send("POST", f"{at_booking}/arrive")
    assert done["status"] == "completed"
