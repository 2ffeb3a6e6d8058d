"""The demo: both villages, whole, and the same however often they are built."""

from __future__ import annotations

from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import connection
from django.db.models import F
from django.test import Client
from django.utils import timezone

from carpool.models import Booking, BookingStatus, RideOffer, RideRequest
from carpool.queries import matches_for
from demo import ground
from demo.people import EDDA, MIA, NORA, OTTO, PEOPLE, STRANG, TOM, VERA
from events.models import Attendance, Event, Occurrence
from news.models import Article, Feed, Outlet
from notifications.models import Device, DeviceKind, Preference, Timing
from village.assist.actions import revoke_mandate
from village.assist.models import Mandate, MandateStatus
from village.assist.queries import mandates_of_helper
from village.core.actor import Scope
from village.journal.models import Entry
from village.messaging.models import Case, Department
from village.residents.actions import leave_village
from village.residents.models import Resident, Role
from village.residents.queries import holds, is_member, roles_by_village

pytestmark = pytest.mark.django_db


def build() -> str:
    said = StringIO()
    call_command("demo", stdout=said)
    return said.getvalue()


def rows() -> dict[str, int]:
    """Count the rows of every table."""
    counted = {}
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f"SELECT count(*) FROM {connection.ops.quote_name(table)}")
            counted[table] = cursor.fetchone()[0]
    return counted


class TestBuild:
    def test_lets_everybody_move_in_with_the_roles_of_the_contract(self) -> None:
        build()

        assert roles_by_village(TOM.id) == {"lindental": ["resident"]}
        assert roles_by_village(VERA.id) == {"lindental": ["resident", "volunteer"]}
        assert roles_by_village(STRANG.id) == {"bergheim": ["resident"]}
        assert not is_member(ground.as_(STRANG), "lindental")
        held = {role for person in PEOPLE for role in roles_by_village(person.id).popitem()[1]}
        assert held == set(Role.values)

    def test_gives_everybody_an_address_but_edda(self) -> None:
        build()

        emails = dict(Resident.objects.values_list("pk", "email"))
        assert emails.pop(EDDA.id) is None
        assert emails.pop(STRANG.id) == "strang@bergheim.example"
        assert emails[TOM.id] == "tom@lindental.example"

    def test_lets_vera_act_for_edda(self) -> None:
        build()

        by = ground.vera_for_edda(timezone.now())

        assert (by.principal_id, by.helper_id) == (EDDA.id, VERA.id)
        assert by.may(Scope.RIDES_REQUEST)
        assert not by.may(Scope.CONTACT_DETAILS)

    def test_leaves_a_mandate_for_mia_to_answer(self) -> None:
        build()

        asked = Mandate.objects.get(person=MIA.id)

        assert asked.status(timezone.now()) is MandateStatus.PENDING
        assert not mandates_of_helper(VERA.id, at=timezone.now()).filter(pk=asked.pk).exists()

    def test_changes_nothing_the_second_time(self) -> None:
        build()
        before = rows()

        build()

        assert rows() == before

    def test_says_how_far_it_has_come(self) -> None:
        said = build()

        assert said.splitlines()[0] == "  Two villages among the hills"
        assert said.endswith("The demo is built.\n")
        assert "\x1b" not in said

    def test_is_refused_where_people_really_live(self, settings: Any) -> None:
        settings.VILLAGE_DEMO = False

        with pytest.raises(CommandError, match="not a demo"):
            build()

        assert not Resident.objects.exists()

    def test_lists_who_can_sign_in(self) -> None:
        said = StringIO()

        call_command("demo", who=True, stdout=said)

        assert all(person.name in said.getvalue() for person in PEOPLE)


class TestTownHall:
    def test_has_a_clerk_for_each_department(self) -> None:
        build()

        for department in Department.objects.all():
            assert holds(ground.as_(OTTO), "lindental", Role.CLERK, of=department.pk)

    def test_was_told_of_the_lamp_by_vera_in_eddas_name(self) -> None:
        build()

        lamp = Case.objects.get(title__contains="Laterne")
        assert (lamp.author_id, lamp.via_helper, lamp.status) == (EDDA.id, True, "acknowledged")
        opened = Entry.objects.get(kind="messaging.case_opened", principal_id=EDDA.id)
        assert opened.helper_id == VERA.id


class TestBoard:
    def test_shows_what_is_going_on_in_both_villages(self) -> None:
        build()

        coming = Event.objects.not_over(timezone.now()).announced()
        assert coming.filter(village="lindental").count() == 6
        assert coming.get(village="bergheim").organiser_id == STRANG.id

    def test_knows_that_vera_signed_edda_up_who_needs_a_lift(self) -> None:
        build()

        comes = Attendance.objects.get(resident=EDDA.id)
        assert comes.occurrence.event.title == "Singkreis"
        assert comes.needs_lift
        assert Entry.objects.filter(principal_id=EDDA.id, helper_id=VERA.id, kind__startswith="ev")

    def test_is_filled_anew_when_everything_is_over(self) -> None:
        build()
        week = timedelta(days=8)
        for table in (Event, Occurrence):
            table.objects.update(begins_at=F("begins_at") - week, ends_at=F("ends_at") - week)

        build()

        assert Event.objects.not_over(timezone.now()).count() == 7
        assert Event.objects.count() == 14


class TestRides:
    def test_leave_this_week_from_both_villages(self) -> None:
        build()

        rides = RideOffer.objects.open().still_here(timezone.now())
        assert rides.filter(village="lindental").count() == 3
        assert rides.get(village="bergheim").driver_id == STRANG.id

    def test_take_edda_to_the_clinic_as_vera_arranged(self) -> None:
        build()

        booking = Booking.objects.get(rider=EDDA.id)
        assert (booking.via_helper, booking.status) == (True, BookingStatus.ACCEPTED)
        assert booking.request is not None

    def test_fit_what_nora_looks_for(self) -> None:
        build()

        wish = RideRequest.objects.get(person=NORA.id)
        found = matches_for(wish, at=timezone.now())
        assert [offer.driver_id for offer, _ in found] == [TOM.id]


class TestPaper:
    def test_has_an_editor_and_a_few_articles(self) -> None:
        build()

        bote = Outlet.objects.get(slug="bote")
        assert bote.name == "Lindentaler Bote"
        assert holds(ground.as_(MIA), "lindental", Role.EDITOR, of=bote.pk)
        assert Article.objects.published().filter(outlet=bote, author=MIA.id).count() == 4

    def test_is_listened_to_where_the_demo_is_served(self, settings: Any) -> None:
        settings.PORT, settings.OUTBOUND_ALLOWED_HOSTS = 8123, ["127.0.0.1:8123"]
        build()
        settings.PORT, settings.OUTBOUND_ALLOWED_HOSTS = 8124, ["127.0.0.1:8124"]

        build()

        assert set(Feed.objects.values_list("url", flat=True)) == {
            "http://127.0.0.1:8124/demo/feeds/bote.atom",
            "http://127.0.0.1:8124/demo/feeds/feuerwehr.rss",
        }


class TestWishes:
    def test_are_for_the_news(self) -> None:
        build()

        wishes = Preference.objects.filter(notice="news.article", timing=Timing.NOW)
        assert set(wishes.values_list("resident", "way")) == {
            (NORA.id, "inbox"),
            (NORA.id, "push"),
            (TOM.id, "inbox"),
            (TOM.id, "email"),
        }

    def test_reach_nora_and_tom_on_phones_of_the_demo(self) -> None:
        build()

        phones = dict(Device.objects.values_list("resident", "kind"))
        assert phones == {NORA.id: DeviceKind.DEVELOPMENT, TOM.id: DeviceKind.DEVELOPMENT}


class TestLife:
    def test_goes_on_without_whoever_has_left(self) -> None:
        build()
        now = timezone.now()
        for person in (TOM, VERA):
            leave_village(by=ground.as_(person), village="lindental", resident_id=person.id, at=now)
        Event.objects.update(begins_at=F("begins_at") - timedelta(days=8), ends_at=now)

        build()

        assert not is_member(ground.as_(TOM), "lindental")
        assert not Event.objects.not_over(now).filter(organiser=TOM.id).exists()
        assert Event.objects.not_over(now).filter(organiser=NORA.id).exists()

    def test_does_not_give_back_what_edda_has_taken_away(self) -> None:
        build()
        revoke_mandate(
            by=ground.as_(EDDA),
            mandate_id=Mandate.objects.get(person=EDDA.id).pk,
            at=timezone.now(),
        )

        build()

        assert Mandate.objects.get(person=EDDA.id).revoked_at is not None


class TestDoor:
    def test_lets_a_visitor_in_as_somebody(self) -> None:
        build()
        visitor = Client()

        answer = visitor.post("/demo/sign-in", {"name": "nora"})

        assert (answer.status_code, answer["Location"]) == (302, "/")
        assert visitor.get("/api/v1/me").json()["id"] == str(NORA.id)

    def test_lets_her_become_somebody_else(self) -> None:
        build()
        visitor = Client()
        visitor.post("/demo/sign-in", {"name": "nora"})

        visitor.post("/demo/sign-in", {"name": "tom"})

        assert visitor.get("/api/v1/me").json()["id"] == str(TOM.id)

    @pytest.mark.parametrize("name", ["", "nobody", "nora\0", "n" * 5000])
    def test_knows_only_who_lives_there(self, name: str) -> None:
        build()

        assert Client().post("/demo/sign-in", {"name": name}).status_code == 404

    def test_refuses_a_form_that_another_page_sent(self) -> None:
        build()

        answer = Client(enforce_csrf_checks=True).post("/demo/sign-in", {"name": "nora"})

        assert answer.status_code == 403

    def test_is_opened_by_a_form_only(self) -> None:
        assert Client().get("/demo/sign-in").status_code == 405
