"""Setting a village up: typed settings, a boundary, a coat of arms, and what is still to do."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from tests.core.pictures import encoded, photo
from village.journal.models import Entry
from village.residents.models import Neighbourhood, Resident, Village

pytestmark = pytest.mark.django_db
Api = Callable[..., Client]
HERE = "/api/v1/villages/lindental"
JSON = "application/json"
SETTINGS: dict[str, Any] = {
    "name": "Lindental am Weiher",
    "language": "de",
    "languages": ["de", "en"],
    "zone": "Europe/Vienna",
    "roll_call_days": 14,
    "colour": "#98231F",
    "welcome": "Good that you are here.",
    "contact": {"name": "Carla", "reach": "Mondays in the old school"},
    "full_names": True,
}


def around(village: Village) -> dict[str, Any]:
    x, y = village.lng, village.lat
    ring = [[x - 1, y - 1], [x + 1, y - 1], [x + 1, y + 1], [x - 1, y + 1], [x - 1, y - 1]]
    return {"type": "Polygon", "coordinates": [ring]}


class TestSettings:
    def test_are_changed_by_a_steward_and_seen_by_everybody_here(
        self, api: Api, stella: Resident, nora: Resident
    ) -> None:
        answer = api(stella).put(f"{HERE}/settings", SETTINGS, content_type=JSON)
        assert answer.status_code == 200, answer.content

        seen = api(nora).get(f"{HERE}/setup").json()
        assert seen["settings"] == SETTINGS | {"colour": "#98231f"}
        village = Village.objects.get(pk="lindental")
        assert (village.name, village.zone) == ("Lindental am Weiher", "Europe/Vienna")
        assert Entry.objects.latest("pk").data == {"village": "lindental", "part": "settings"}

    @pytest.mark.parametrize(
        "wrong",
        [
            {"colour": "#ffdf94"},
            {"colour": "red"},
            {"zone": "Middle/Earth"},
            {"languages": ["xx"]},
            {"name": ""},
            {"contact": {"name": "Carla"}},
            {"theme": "dark"},
        ],
    )
    def test_are_refused_when_they_are_not_of_the_kind(
        self, api: Api, stella: Resident, wrong: dict[str, Any]
    ) -> None:
        answer = api(stella).put(f"{HERE}/settings", SETTINGS | wrong, content_type=JSON)
        assert answer.status_code == 422
        assert next(iter(wrong)) in next(iter(answer.json()["errors"]))
        assert Village.objects.get(pk="lindental").name == "Lindental"

    def test_do_not_overwrite_what_another_steward_has_changed(
        self, api: Api, stella: Resident
    ) -> None:
        client = api(stella)
        etag = client.get(f"{HERE}/setup")["ETag"]
        guarded = {"If-Match": etag}
        first = client.put(f"{HERE}/settings", SETTINGS, content_type=JSON, headers=guarded)
        second = client.put(f"{HERE}/settings", SETTINGS, content_type=JSON, headers=guarded)
        assert (first.status_code, second.status_code) == (200, 412)


class TestTheBoundary:
    def test_is_drawn_around_the_village_and_taken_away(
        self, api: Api, lindental: Village, stella: Resident
    ) -> None:
        client = api(stella)
        for boundary in (around(lindental), None):
            answer = client.put(f"{HERE}/boundary", {"boundary": boundary}, content_type=JSON)
            assert answer.json()["boundary"] == boundary

    def test_has_the_village_inside(self, api: Api, bergheim: Village, stella: Resident) -> None:
        far = {"type": "Polygon", "coordinates": [[[0, 0], [1, 0], [1, 1], [0, 0]]]}
        crossed = {"type": "Polygon", "coordinates": [[[0, 0], [1, 1], [1, 0], [0, 1], [0, 0]]]}
        for wrong in (far, crossed, {"type": "Circle"}):
            answer = api(stella).put(f"{HERE}/boundary", {"boundary": wrong}, content_type=JSON)
            assert answer.status_code == 422, wrong


class TestTheCoatOfArms:
    def test_is_shown_to_everybody(self, api: Api, stella: Resident) -> None:
        picture = SimpleUploadedFile("arms.png", encoded(photo(40, 50), "PNG"), "image/png")
        answer = api(stella).post(f"{HERE}/arms", {"file": picture})
        assert answer.json()["arms"] == "/villages/lindental/arms.webp"

        shown = Client().get("/villages/lindental/arms.webp")
        assert shown["Content-Type"] == "image/webp"
        assert shown.content[8:12] == b"WEBP"

        api(stella).delete(f"{HERE}/arms")
        assert Client().get("/villages/lindental/arms.webp").status_code == 404

    def test_is_a_picture(self, api: Api, stella: Resident) -> None:
        for data in (b"<svg/>", b"", encoded(photo(40, 50), "PNG")[:60]):
            file = SimpleUploadedFile("arms.png", data, "image/png")
            assert api(stella).post(f"{HERE}/arms", {"file": file}).status_code == 422


class TestNeighbourhoods:
    def test_are_named_once_and_forgotten(self, api: Api, stella: Resident) -> None:
        client = api(stella)
        made = client.post(f"{HERE}/neighbourhoods", {"name": "Oberdorf"}, content_type=JSON)
        again = client.post(f"{HERE}/neighbourhoods", {"name": "Oberdorf"}, content_type=JSON)
        assert (made.status_code, again.status_code) == (201, 409)

        assert client.delete(f"/api/v1/neighbourhoods/{made.json()['id']}").status_code == 204
        assert not Neighbourhood.objects.exists()


class TestOnboarding:
    def test_begins_with_the_person_who_decides_it(self, api: Api, stella: Resident) -> None:
        client = api(stella)
        steps = client.get(f"{HERE}/onboarding").json()["steps"]
        assert steps[0] == {"step": "contact", "done": False}
        assert {"step": "clerk", "done": True} in steps

        client.put(f"{HERE}/settings", SETTINGS, content_type=JSON)
        assert client.get(f"{HERE}/onboarding").json()["steps"][0]["done"]


class TestTheSetupPage:
    def test_changes_what_the_front_page_says(
        self, client: Client, stella: Resident, nora: Resident
    ) -> None:
        backend = "django.contrib.auth.backends.ModelBackend"
        client.force_login(stella, backend=backend)
        filled = {key: each for key, each in SETTINGS.items() if key != "contact"}
        filled |= {"contact_name": "Carla", "contact_reach": "Mondays in the old school"}
        answer = client.post("/villages/lindental/setup", filled)
        assert answer.status_code == 302, answer.content.decode()

        client.force_login(nora, backend=backend)
        front = client.get("/villages/lindental").content.decode()
        assert "Good that you are here." in front
        assert "Mondays in the old school" in front
        assert "--leaf: #98231f" in client.get("/villages/lindental/look.css").content.decode()
        assert client.get("/villages/lindental/setup").status_code == 403

    def test_says_which_field_is_wrong(self, client: Client, stella: Resident) -> None:
        client.force_login(stella, backend="django.contrib.auth.backends.ModelBackend")
        filled = {"name": "L", "language": "de", "zone": "Europe/Berlin", "colour": "#ffdf94"}
        filled |= {"roll_call_days": "14"}
        page = client.post("/villages/lindental/setup", filled)
        assert page.status_code == 422
        assert "too light to be read" in page.content.decode()

    def test_takes_the_coat_of_arms(self, client: Client, stella: Resident) -> None:
        client.force_login(stella, backend="django.contrib.auth.backends.ModelBackend")
        picture = SimpleUploadedFile("arms.png", encoded(photo(40, 50), "PNG"), "image/png")
        assert client.post("/villages/lindental/arms", {"file": picture}).status_code == 302
        assert client.get("/villages/lindental/arms.webp").status_code == 200

        nothing = SimpleUploadedFile("arms.png", b"nothing", "image/png")
        assert client.post("/villages/lindental/arms", {"file": nothing}).status_code == 422
