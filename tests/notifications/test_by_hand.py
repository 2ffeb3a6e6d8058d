"""What is urgent and unread goes the next way; calls and letters on paper are people's work."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pypdfium2
import pytest
from django.test import Client
from django.utils import timezone

from notifications import actions, handing
from notifications.models import Delivery, Device, Notification, SentLetter
from notifications.tasks import send_due, send_emergencies
from tests.support.cast import Cast
from village.assist.models import Reach
from village.core.actor import SYSTEM, Actor
from village.journal.models import Entry
from village.journal.notices import Importance, Notice
from village.journal.readers import Recorded
from village.residents.models import Resident

pytestmark = pytest.mark.django_db
Api = Callable[..., Client]
Record = Callable[..., Recorded]
Prefers = Callable[..., None]
Phone = Callable[..., Device]


def tell(recorded: Recorded) -> None:
    actions.tell(by=SYSTEM, recorded=recorded, at=timezone.now())


def escalate_after(seconds: float) -> int:
    told_at = Notification.objects.order_by("created_at")[0].created_at
    return actions.escalate(by=SYSTEM, at=told_at + timedelta(seconds=seconds))


def ways_to(person: Resident) -> list[str]:
    rows = Delivery.objects.filter(notification__resident=person).order_by("pk")
    return list(rows.values_list("way", flat=True))


@pytest.fixture
def emergency(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the news be an emergency for everybody."""
    monkeypatch.setattr(Notice.declared["news.article"], "importance", Importance.EMERGENCY)


@pytest.fixture
def urgent(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a mandate that was granted be urgent: two hours, and then the next way."""
    notice = Notice.declared["assist.mandate_granted"]
    monkeypatch.setattr(notice, "escalates_after", timedelta(hours=2))


def reach(cast: Cast, person: Resident, *ways: str) -> None:
    Reach.objects.update_or_create(
        resident=person, defaults={"ways": list(ways), "languages": [], "centre": cast.centre}
    )


class TestEmergencies:
    def test_go_a_second_way_after_a_minute_and_are_called_after_five(
        self, emergency: None, published: Record, phone: Phone, nora: Resident
    ) -> None:
        phone(nora)
        tell(published())
        assert escalate_after(59.9) == 0
        assert ways_to(nora) == ["push"]

        escalate_after(60)
        assert ways_to(nora) == ["push", "email"]
        escalate_after(299)
        assert "voice" not in ways_to(nora)
        escalate_after(300)
        assert ways_to(nora) == ["push", "email", "voice"]
        assert escalate_after(9999) == 0

    def test_that_were_acknowledged_go_no_further(
        self, emergency: None, published: Record, phone: Phone, nora: Resident
    ) -> None:
        phone(nora)
        tell(published())
        actions.mark_all_read(by=Actor(nora.pk), at=timezone.now())
        escalate_after(60)
        escalate_after(300)

        assert ways_to(nora) == ["push"]

    def test_follow_her_own_order(
        self, emergency: None, published: Record, cast: Cast, nora: Resident
    ) -> None:
        reach(cast, nora, "email", "push")
        tell(published())
        escalate_after(60)

        assert ways_to(nora) == ["email"]

    def test_that_nobody_can_get_through_are_on_the_list_of_her_centre(
        self, emergency: None, published: Record, api: Api, cast: Cast
    ) -> None:
        tell(published())
        escalate_after(300)
        Delivery.objects.update(due_at=timezone.now())
        assert send_emergencies() == 0

        calls = api(cast.carla).get(f"/api/v1/centres/{cast.centre.pk}/calls").json()["items"]
        assert {"Edda", "Nora", "Tom"} <= {call["name"] for call in calls}
        assert all(call["is_emergency"] for call in calls)
        assert not SentLetter.objects.filter(way="voice").exists()


class TestWhatIsUrgent:
    def test_goes_way_by_way_and_ends_with_a_call(
        self, urgent: None, granted: Record, phone: Phone, cast: Cast, edda: Resident
    ) -> None:
        reach(cast, edda, "push", "print", "voice")
        phone(edda)
        tell(granted())
        escalate_after(7199)
        assert ways_to(edda) == ["push"]
        escalate_after(7200)
        assert ways_to(edda) == ["push", "print"]
        escalate_after(14_400)
        assert ways_to(edda) == ["push", "print", "voice"]

    def test_is_called_about_only_where_somebody_calls(
        self, urgent: None, granted: Record, phone: Phone, tom: Resident
    ) -> None:
        phone(tom)
        Resident.objects.filter(pk=tom.pk).update(email=None, phone=None)
        tell(granted(person=tom.pk))
        escalate_after(7200)
        escalate_after(99_999)

        assert ways_to(tom) == ["push"]

    def test_is_not_what_most_things_are(self, granted: Record, edda: Resident) -> None:
        tell(granted())
        assert Notification.objects.get().next_step_at is None


class TestCalls:
    @pytest.fixture
    def call(self, emergency: None, published: Record, cast: Cast) -> Notification:
        """Give an emergency that nora is to be called about."""
        tell(published())
        escalate_after(300)
        Delivery.objects.update(due_at=timezone.now() - timedelta(seconds=1))
        return Notification.objects.get(resident=cast.nora)

    def path(self, cast: Cast) -> str:
        return f"/api/v1/centres/{cast.centre.pk}/calls"

    def note(self, client: Client, cast: Cast, call: Notification, outcome: str) -> Any:
        body = {"notification": str(call.pk), "outcome": outcome}
        return client.post(self.path(cast), body, content_type="application/json")

    def test_have_a_script_in_the_persons_language(
        self, api: Api, cast: Cast, call: Notification
    ) -> None:
        items = api(cast.carla).get(self.path(cast)).json()["items"]
        [mine] = [each for each in items if each["notification"] == str(call.pk)]

        assert mine["name"] == "Nora" and mine["language"] == call.language
        assert call.title in mine["script"] and call.body in mine["script"]

    def test_that_reached_her_have_told_her(self, api: Api, cast: Cast, call: Notification) -> None:
        client = api(cast.carla)
        assert self.note(client, cast, call, "reached").status_code == 204
        assert self.note(client, cast, call, "reached").status_code == 404

        call.refresh_from_db()
        assert call.read_at is not None
        entry = Entry.objects.get(kind="notifications.call_made")
        assert (entry.principal_id, entry.data["outcome"]) == (cast.carla.pk, "reached")

    @pytest.mark.parametrize(("outcome", "minutes"), [("not_reached", 10), ("call_back", 30)])
    def test_that_did_not_are_made_again(
        self, api: Api, cast: Cast, call: Notification, outcome: str, minutes: int
    ) -> None:
        before = timezone.now()
        assert self.note(api(cast.carla), cast, call, outcome).status_code == 204

        row = Delivery.objects.get(notification=call, way="voice")
        assert (row.state, row.tries, row.error_code) == ("waiting", 1, outcome.upper())
        assert row.due_at >= before + timedelta(minutes=minutes)
        items = api(cast.carla).get(self.path(cast)).json()["items"]
        assert str(call.pk) not in {each["notification"] for each in items}

    def test_are_no_business_of_anybody_else(
        self, api: Api, cast: Cast, call: Notification
    ) -> None:
        for person, status in ((cast.vera, 403), (cast.tom, 404), (cast.otto, 404)):
            assert api(person).get(self.path(cast)).status_code == status
            assert self.note(api(person), cast, call, "reached").status_code == status

    def test_can_be_printed(self, api: Api, cast: Cast, call: Notification) -> None:
        words = text_of(api(cast.carla).get(f"{self.path(cast)}.pdf"))
        assert "Nora" in words and call.title in words


class TestLettersOnPaper:
    @pytest.fixture
    def letter(
        self, cast: Cast, edda: Resident, prefers: Prefers, published: Record
    ) -> Notification:
        reach(cast, edda, "print")
        prefers(edda, "print")
        tell(published())
        return Notification.objects.get()

    def test_wait_for_somebody_to_carry_them(
        self, api: Api, cast: Cast, letter: Notification
    ) -> None:
        assert send_due() == 0 and not SentLetter.objects.exists()
        client, path = api(cast.carla), f"/api/v1/centres/{cast.centre.pk}/letters"
        words = text_of(client.get(f"{path}.pdf"))
        assert "Edda" in words and "News" in words

        body = {"notifications": [str(letter.pk), str(uuid4())]}
        answers = [
            client.post(f"{path}/carried", body, content_type="application/json").json()
            for _ in range(2)
        ]
        assert answers == [{"carried": 1}, {"carried": 0}]
        assert "Edda" not in text_of(client.get(f"{path}.pdf"))
        assert Delivery.objects.get().provider_id == "carried"

    def test_of_one_centre_are_not_carried_by_another(
        self, api: Api, cast: Cast, letter: Notification
    ) -> None:
        cast.centre.pk = None
        cast.centre.id = uuid4()
        cast.centre.save()
        Reach.objects.update(centre=cast.centre)
        cast.mandate.delete()
        original = Delivery.objects.get()
        assert original.state == "waiting"
        path = f"/api/v1/centres/{cast.centre.pk}/letters.pdf"
        assert api(cast.carla).get(path).status_code == 404


class TestTheWayFromDoorToDoor:
    def test_leads_past_the_points_that_are_known_and_then_up_the_streets(
        self, api: Api, cast: Cast, prefers: Prefers, published: Record
    ) -> None:
        middle = cast.lindental
        doors = {
            cast.tom: ("Anger 1", middle.lat + 0.004, middle.lng),
            cast.nora: ("Ziegelweg 7", middle.lat + 0.001, middle.lng),
            cast.vera: ("Anger 10", None, None),
            cast.max: ("Anger 9", None, None),
            cast.edda: ("", None, None),
        }
        for person, (door, lat, lng) in doors.items():
            reach(cast, person, "print")
            Reach.objects.filter(resident=person).update(door=door, lat=lat, lng=lng)
            prefers(person, "print")
        tell(published())

        names = [each.name for each in handing.letters(cast.centre, at=timezone.now())]
        assert names == ["Nora", "Tom", "Max", "Vera", "Edda"]
        words = text_of(api(cast.carla).get(f"/api/v1/centres/{cast.centre.pk}/letters.pdf"))
        assert words.index("Nora, Ziegelweg 7") < words.index("Tom, Anger 1")

    def test_is_left_by_herself_or_at_the_desk(self, api: Api, cast: Cast) -> None:
        wish = {
            "ways": ["print"],
            "languages": ["de"],
            "letterbox": {"door": "Anger 1", "lat": 50.0, "lng": 11.5},
        }
        client = api(cast.edda)
        put = client.put("/api/v1/me/reach", wish, content_type="application/json")
        assert put.json() == client.get("/api/v1/me/reach").json() == wish
        half = wish | {"letterbox": {"door": "Anger 1", "lat": 50.0}}
        refused = client.put("/api/v1/me/reach", half, content_type="application/json")
        assert refused.status_code == 422
        without = {"ways": ["print"], "languages": ["de"]}
        client.put("/api/v1/me/reach", without, content_type="application/json")
        assert client.get("/api/v1/me/reach").json() == wish

        gone = without | {"letterbox": None}
        client.put("/api/v1/me/reach", gone, content_type="application/json")
        assert client.get("/api/v1/me/reach").json() == gone


def text_of(answer: Any) -> str:
    """Read a PDF as a person would."""
    assert answer.status_code == 200 and answer["Content-Type"] == "application/pdf"
    document = pypdfium2.PdfDocument(io.BytesIO(answer.content))
    words = "\n".join(page.get_textpage().get_text_range() for page in document)
    document.close()
    return words
