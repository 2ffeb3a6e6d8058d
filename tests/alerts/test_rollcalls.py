"""After the water: who is safe, who needs help, and who is still to be found."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from io import BytesIO
from typing import Any
from uuid import UUID

import pytest
from django.db import transaction
from django.test import Client
from django.utils import timezone

from notifications import handing
from notifications.actions import escalate, tell
from notifications.models import Notification, Way
from tests.alerts.factories import make_alert
from tests.support.cast import Cast
from village.alerts import actions, paper, rolls, topics
from village.alerts.models import Answer, Condition, RollCall, Source
from village.core.actor import SYSTEM, Actor
from village.core.errors import Forbidden, Invalid, NotFound
from village.core.paper import Sheet
from village.entrance import actions as entrance
from village.journal.facts import read_fact
from village.journal.models import Entry
from village.journal.notices import Importance, Notice
from village.journal.queries import recorded
from village.residents import consents
from village.residents.actions import block
from village.residents.models import Membership, Neighbourhood, Residency, Resident, Village
from village.stewardship.models import Setup

As = Callable[[Resident], Actor]
SAFE, HELP = Condition.SAFE, Condition.NEEDS_HELP


@pytest.fixture
def roll(otto: Resident, as_: As, at: datetime) -> RollCall:
    return actions.open_roll_call(
        by=as_(otto), village="lindental", shelters=["Fire station", "Old school"], at=at
    )


def missing(roll: RollCall, at: datetime) -> list[str]:
    found = rolls.unaccounted(roll, at.date()).order_by(*rolls.FIRST_TO_FIND)
    return [person.display_name for person in found]


def say(by: Actor, roll: RollCall, at: datetime, **said: Any) -> Answer:
    return actions.give_answer(by=by, roll_call_id=roll.pk, at=at, **({"condition": SAFE} | said))


class TestTheRoll:
    def test_begins_with_elders_whom_no_message_reaches(
        self, roll: RollCall, cast: Cast, at: datetime
    ) -> None:
        born = {cast.edda: date(1945, 3, 1), cast.tom: date(1940, 1, 1)}
        for person, day in born.items():
            Resident.objects.filter(pk=person.pk).update(born_on=day)
        Resident.objects.filter(pk=cast.nora.pk).update(email=None)
        assert missing(roll, at)[:4] == ["Edda", "Nora", "Tom", "Carla"]

    def test_asks_nobody_of_the_next_village(self, roll: RollCall, at: datetime) -> None:
        assert "Strang" not in missing(roll, at)

    def test_asks_whom_a_warning_hits(
        self, cast: Cast, otto: Resident, as_: As, at: datetime
    ) -> None:
        mill, hill = (
            Neighbourhood.objects.create(village=cast.lindental, name=name, created_at=at)
            for name in ("By the mill", "On the hill")
        )
        Membership.objects.filter(resident=cast.edda).update(neighbourhood=mill)
        Membership.objects.filter(resident=cast.tom).update(neighbourhood=hill)
        flood = make_alert("lindental", at=at, is_drill=True)
        flood.neighbourhoods.add(mill)
        roll = actions.open_roll_call(by=as_(otto), village="lindental", alert_id=flood.pk, at=at)
        assert roll.is_drill
        assert "Edda" in missing(roll, at)
        assert "Tom" not in missing(roll, at)

    def test_is_opened_by_those_who_warn(
        self, nora: Resident, otto: Resident, as_: As, at: datetime
    ) -> None:
        with pytest.raises(Forbidden):
            actions.open_roll_call(by=as_(nora), village="lindental", at=at)
        foreign = make_alert("bergheim", at=at)
        with pytest.raises(Invalid):
            actions.open_roll_call(by=as_(otto), village="lindental", alert_id=foreign.pk, at=at)

    def test_is_not_opened_without_end(self, otto: Resident, as_: As, at: datetime) -> None:
        for _ in range(5):
            actions.open_roll_call(by=as_(otto), village="lindental", at=at)
        with pytest.raises(actions.TooManyRollCalls):
            actions.open_roll_call(by=as_(otto), village="lindental", at=at)

    def test_takes_no_answer_once_it_is_closed(
        self, roll: RollCall, otto: Resident, nora: Resident, as_: As, at: datetime
    ) -> None:
        actions.close_roll_call(by=as_(otto), roll_call_id=roll.pk, at=at)
        with pytest.raises(actions.RollCallClosed):
            say(as_(nora), roll, at)
        with pytest.raises(actions.RollCallClosed):
            actions.close_roll_call(by=as_(otto), roll_call_id=roll.pk, at=at)


class TestAnswers:
    def test_come_from_oneself(self, roll: RollCall, nora: Resident, as_: As, at: datetime) -> None:
        answer = say(as_(nora), roll, at, note="At my daughter's.")
        assert (answer.source, answer.resident_id) == (Source.SELF, nora.pk)
        assert "Nora" not in missing(roll, at)

    def test_come_from_a_helper_and_say_so(
        self, roll: RollCall, edda: Resident, vera: Resident, vera_for_edda: Actor, at: datetime
    ) -> None:
        answer = say(vera_for_edda, roll, at)
        assert (answer.source, answer.resident_id) == (Source.HELPER, edda.pk)
        assert answer.given_by_id == vera.pk
        with pytest.raises(NotFound):
            say(vera_for_edda, roll, at, resident_id=vera.pk)

    @pytest.mark.parametrize("name", ["vera", "carla", "otto", "stella"])
    def test_come_from_wardens_about_everybody(
        self, roll: RollCall, cast: Cast, as_: As, at: datetime, name: str
    ) -> None:
        answer = say(as_(getattr(cast, name)), roll, at, resident_id=cast.edda.pk)
        assert answer.source == Source.WARDEN

    def test_come_from_neighbours_only_about_who_lets_herself_be_found(
        self, roll: RollCall, nora: Resident, tom: Resident, as_: As, at: datetime
    ) -> None:
        with pytest.raises(NotFound):
            say(as_(nora), roll, at, resident_id=tom.pk)
        version = consents.SUBJECTS["directory"].version
        consents.give_consent(by=as_(tom), subject="directory", version=version, at=at)
        assert say(as_(nora), roll, at, resident_id=tom.pk).source == Source.NEIGHBOUR

    def test_of_neighbours_are_not_written_over_better_ones(
        self, roll: RollCall, nora: Resident, otto: Resident, as_: As, at: datetime
    ) -> None:
        say(as_(otto), roll, at, condition=HELP)
        with pytest.raises(actions.SomebodyKnowsBetter):
            say(as_(nora), roll, at, resident_id=otto.pk)
        assert Answer.objects.get(resident=otto).condition == HELP

    def test_of_strangers_and_about_strangers_are_not_there(
        self, roll: RollCall, strang: Resident, otto: Resident, as_: As, at: datetime
    ) -> None:
        with pytest.raises(NotFound):
            say(as_(strang), roll, at)
        with pytest.raises(NotFound):
            say(as_(otto), roll, at, resident_id=strang.pk)

    def test_may_change_and_the_last_word_counts(
        self, roll: RollCall, nora: Resident, as_: As, at: datetime
    ) -> None:
        say(as_(nora), roll, at, condition=HELP, note="Water in the cellar.")
        say(as_(nora), roll, at + timedelta(minutes=9), shelter="nowhere")
        answer = Answer.objects.get()
        assert (answer.condition, answer.note, answer.shelter) == (SAFE, "", "")
        assert answer.created_at == at

    def test_name_one_of_the_shelters(
        self, roll: RollCall, nora: Resident, as_: As, at: datetime
    ) -> None:
        with pytest.raises(Invalid) as refused:
            say(as_(nora), roll, at, condition=Condition.AT_SHELTER, shelter="Moon")
        assert refused.value.field == "shelter"
        say(as_(nora), roll, at, condition=Condition.AT_SHELTER, shelter="Old school")


class TestFamily:
    @pytest.fixture(autouse=True)
    def home(self, cast: Cast, as_: As, at: datetime) -> None:
        """Let nora and tom live together, whom one letter has reached."""
        [letter] = entrance.print_letters(
            by=as_(cast.stella),
            village="lindental",
            households=[entrance.Household(("Mühlgasse 4",), 2)],
            at=at,
        )
        for each in (cast.nora, cast.tom):
            entrance.accept_invitation(by=as_(each), code=letter.code, at=at)

    def test_answers_for_those_who_live_there(
        self, roll: RollCall, cast: Cast, as_: As, at: datetime
    ) -> None:
        answer = say(as_(cast.nora), roll, at, resident_id=cast.tom.pk)
        assert (answer.source, answer.given_by_id) == (Source.FAMILY, cast.nora.pk)
        assert rolls.figures(roll)["sources"]["family"] == 1
        with pytest.raises(NotFound):
            say(as_(cast.nora), roll, at, resident_id=cast.edda.pk)

    def test_of_somebody_whom_the_village_does_not_know_says_nothing(
        self, roll: RollCall, cast: Cast, as_: As, at: datetime
    ) -> None:
        Membership.objects.filter(resident=cast.nora).update(residency=Residency.DECLARED)
        with pytest.raises(NotFound):
            say(as_(cast.nora), roll, at, resident_id=cast.tom.pk)

    def test_is_parted_by_a_block_whoever_asked_for_it(
        self, roll: RollCall, cast: Cast, as_: As, at: datetime
    ) -> None:
        block(by=as_(cast.tom), resident_id=cast.nora.pk, at=at)
        for by, about in ((cast.nora, cast.tom), (cast.tom, cast.nora)):
            with pytest.raises(NotFound):
                say(as_(by), roll, at, resident_id=about.pk)
            assert rolls.household_on(as_(by), roll) == []

    def test_of_whoever_moved_away_is_not_asked(
        self, roll: RollCall, cast: Cast, as_: As, at: datetime
    ) -> None:
        Membership.objects.filter(resident=cast.tom).update(ended_at=at)
        with pytest.raises(NotFound):
            say(as_(cast.nora), roll, at, resident_id=cast.tom.pk)
        assert rolls.household_on(as_(cast.nora), roll) == []

    def test_knows_better_than_a_neighbour_and_less_than_she_herself(
        self, roll: RollCall, cast: Cast, as_: As, at: datetime
    ) -> None:
        version = consents.SUBJECTS["directory"].version
        consents.give_consent(by=as_(cast.tom), subject="directory", version=version, at=at)
        say(as_(cast.mia), roll, at, resident_id=cast.tom.pk)
        say(as_(cast.nora), roll, at, resident_id=cast.tom.pk, condition=HELP)
        with pytest.raises(actions.SomebodyKnowsBetter):
            say(as_(cast.mia), roll, at, resident_id=cast.tom.pk)
        say(as_(cast.tom), roll, at)
        with pytest.raises(actions.SomebodyKnowsBetter):
            say(as_(cast.nora), roll, at, resident_id=cast.tom.pk, condition=HELP)

    def test_is_shown_whom_she_may_answer_for(
        self,
        roll: RollCall,
        cast: Cast,
        api: Callable[..., Client],
        browse: Callable[..., Client],
    ) -> None:
        address = f"/api/v1/roll-calls/{roll.pk}"
        [shown] = api(cast.nora).get(address).json()["household"]
        assert shown == {"id": str(cast.tom.pk), "display_name": "Tom"}
        assert api(cast.edda).get(address).json()["household"] == []
        nora = browse(cast.nora)
        assert "Those you live with" in nora.get(f"/roll-calls/{roll.pk}").content.decode()
        said = {"resident": str(cast.tom.pk), "condition": "safe"}
        assert nora.post(f"/roll-calls/{roll.pk}", said).status_code == 302
        assert Answer.objects.get().source == Source.FAMILY


class TestWhoIsTold:
    def test_of_a_roll_call_is_everybody_and_cannot_mute_it(
        self, roll: RollCall, edda: Resident
    ) -> None:
        fact = topics.RollCallOpened(village="lindental", roll_call=roll.pk)
        asked = Notice.declared["alerts.roll_call"]
        assert edda.pk in set(asked.audience(fact))
        assert asked.importance is Importance.EMERGENCY
        assert set(Notice.declared["alerts.roll_call_drill"].audience(fact)) == set()

    def test_of_a_need_are_the_wardens_without_a_name(
        self, roll: RollCall, cast: Cast, as_: As, at: datetime
    ) -> None:
        answer = say(as_(cast.nora), roll, at, condition=HELP, note="My heart.")
        fact = topics.AnswerGiven(village="lindental", roll_call=roll.pk, answer=answer.pk)
        needed = Notice.declared["alerts.help_needed"]
        told = set(needed.audience(fact))
        assert {cast.vera.pk, cast.carla.pk, cast.otto.pk, cast.stella.pk} == told
        words = needed.words(fact)
        assert words is not None
        assert "Nora" not in words.title + words.body
        assert "heart" not in words.title + words.body

    def test_of_an_answer_is_whom_it_is_about(
        self, roll: RollCall, cast: Cast, as_: As, at: datetime
    ) -> None:
        spoken = Notice.declared["alerts.spoken_for"]
        for by, about, told in (
            (as_(cast.vera), cast.edda.pk, [cast.edda.pk]),
            (as_(cast.nora), None, []),
        ):
            answer = say(by, roll, at, resident_id=about)
            fact = topics.AnswerGiven(village="lindental", roll_call=roll.pk, answer=answer.pk)
            assert list(spoken.audience(fact)) == told


class TestForgetting:
    def test_leaves_the_numbers_and_nothing_else(
        self, roll: RollCall, cast: Cast, as_: As, at: datetime
    ) -> None:
        say(as_(cast.nora), roll, at + timedelta(minutes=4), note="My heart.")
        say(as_(cast.vera), roll, at + timedelta(minutes=20), resident_id=cast.edda.pk)
        seen = rolls.figures(roll)
        assert (seen["accounted"], seen["without_phone"], seen["without_phone_accounted"]) == (
            2,
            1,
            1,
        )
        assert (seen["sources"]["self"], seen["sources"]["warden"]) == (1, 1)
        assert seen["median_minutes"] == 12
        given = Entry.objects.filter(kind="alerts.answer_given").first()
        assert given is not None
        fact = read_fact(given.kind, given.data)
        assert topics.roll.frame(fact, seq=1, at=at).data["note"] == "My heart."

        late = at + timedelta(days=14)
        assert actions.forget_answers(by=SYSTEM, at=late - timedelta(seconds=1)) == 0
        assert actions.forget_answers(by=SYSTEM, at=late) == 1
        assert actions.forget_answers(by=SYSTEM, at=late) == 0
        assert not Answer.objects.exists()
        roll.refresh_from_db()
        assert rolls.figures(roll) == seen
        assert topics.roll.frame(fact, seq=1, at=at).data == {"gone": True}
        assert not topics.watches(as_(cast.otto), roll_call=str(roll.pk))

    def test_is_after_as_many_days_as_the_village_says(
        self, lindental: Village, otto: Resident, as_: As, at: datetime
    ) -> None:
        Setup.objects.create(village=lindental, settings={"roll_call_days": 3}, changed_at=at)
        roll = actions.open_roll_call(by=as_(otto), village="lindental", at=at)
        assert roll.forget_at == at + timedelta(days=3)


class TestPaper:
    def test_lists_who_is_missing(self, roll: RollCall, cast: Cast, at: datetime) -> None:
        printed = paper.print_roll(roll, numbers=True, at=at)
        assert printed.startswith(b"%PDF")
        assert printed == paper.print_roll(roll, numbers=True, at=at)
        assert len(BytesIO(printed).getvalue()) > 1400


class TestOverHttp:
    def test_wardens_see_the_list_get_shorter(
        self, api: Callable[..., Client], cast: Cast, as_: As
    ) -> None:
        opened = api(cast.otto).post(
            "/api/v1/villages/lindental/roll-calls",
            {"shelters": ["Fire station"]},
            content_type="application/json",
        )
        assert opened.status_code == 201, opened.content
        address = f"/api/v1/roll-calls/{opened.json()['id']}"
        before = api(cast.vera).get(f"{address}/unaccounted?limit=100&position=1").json()
        assert before["items"][0]["display_name"] == "Edda"
        assert before["items"][0]["reached"] is False
        answered = api(cast.nora).post(
            f"{address}/answers",
            {"condition": "at_shelter", "shelter": "Fire station"},
            content_type="application/json",
        )
        assert answered.status_code == 201, answered.content
        assert api(cast.nora).get(address).json()["mine"]["shelter"] == "Fire station"
        after = api(cast.vera).get(f"{address}/unaccounted?limit=100").json()
        assert len(after["items"]) == len(before["items"]) - 1
        assert api(cast.nora).get(f"{address}/unaccounted").status_code == 404
        figures = api(cast.carla).get(f"{address}/figures").json()
        assert figures["conditions"]["at_shelter"] == 1

    def test_pages_of_the_list_meet(self, api: Callable[..., Client], cast: Cast) -> None:
        roll = actions.open_roll_call(
            by=Actor(cast.otto.pk), village="lindental", at=timezone.now()
        )
        names, after = [], ""
        while after is not None:
            found = api(cast.otto).get(
                f"/api/v1/roll-calls/{roll.pk}/unaccounted", {"limit": 2, "after": after}
            )
            names += [each["display_name"] for each in found.json()["items"]]
            after = found.json()["next"]
        assert names == missing(roll, timezone.now())

    def test_show_those_who_call_the_number_and_nobody_else(
        self, api: Callable[..., Client], cast: Cast, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        Resident.objects.filter(pk=cast.tom.pk).update(phone="+4915155501234")
        at = timezone.now()
        roll = actions.open_roll_call(by=Actor(cast.otto.pk), village="lindental", at=at)
        say(Actor(cast.tom.pk), roll, at, condition=HELP)
        Resident.objects.filter(pk=cast.nora.pk).update(phone="+4915155504321")
        printed: list[str] = []
        monkeypatch.setattr(Sheet, "ticks", lambda sheet, lines: printed.extend(lines))
        for name, sees in (("otto", True), ("stella", True), ("carla", True), ("vera", False)):
            client = api(getattr(cast, name))
            listed = client.get(f"/api/v1/roll-calls/{roll.pk}/unaccounted?limit=100").json()
            nora = next(each for each in listed["items"] if each["display_name"] == "Nora")
            assert (nora["phone"], nora["reached"]) == ("+4915155504321" if sees else None, True)
            page = client.get(f"/roll-calls/{roll.pk}").content.decode()
            assert ("+4915155504321" in page) is ("+4915155501234" in page) is sees
            assert "Nora" in page and "Tom" in page
            printed.clear()
            for face in ("/api/v1", ""):
                answer = client.get(f"{face}/roll-calls/{roll.pk}/list.pdf")
                assert answer.status_code == 200
            assert any("Nora" in line for line in printed)
            assert any("+4915155504321" in line for line in printed) is sees


class TestWhoIsCalled:
    def test_is_nobody_of_whom_there_is_word(
        self, roll: RollCall, cast: Cast, as_: As, at: datetime
    ) -> None:
        opened = Entry.objects.get(kind="alerts.roll_call_opened")
        tell(by=SYSTEM, recorded=recorded(opened), at=at)
        later = at + timedelta(minutes=6)
        escalate(by=SYSTEM, at=later)
        assert {cast.edda.pk, cast.tom.pk} <= called(cast, later)

        say(as_(cast.vera), roll, later, resident_id=cast.edda.pk)
        assert cast.edda.pk not in called(cast, later)
        assert cast.tom.pk in called(cast, later)
        asked = Notification.objects.get(resident=cast.edda)
        assert (asked.read_at, asked.next_step_at) == (later, None)
        say(as_(cast.tom), roll, later)
        assert cast.tom.pk not in called(cast, later)

    def test_stays_on_the_list_when_the_answer_is_taken_back(
        self, roll: RollCall, cast: Cast, as_: As, at: datetime
    ) -> None:
        """One transaction: an answer that does not come to be settles nothing."""
        opened = Entry.objects.get(kind="alerts.roll_call_opened")
        tell(by=SYSTEM, recorded=recorded(opened), at=at)
        with transaction.atomic():
            say(as_(cast.vera), roll, at, resident_id=cast.edda.pk)
            transaction.set_rollback(True)
        assert Notification.objects.get(resident=cast.edda).read_at is None

    def test_is_not_asked_at_all_who_was_heard_of_before(
        self, roll: RollCall, cast: Cast, as_: As, at: datetime
    ) -> None:
        say(as_(cast.vera), roll, at, resident_id=cast.edda.pk)
        fact = topics.RollCallOpened(village="lindental", roll_call=roll.pk)
        told = set(Notice.declared["alerts.roll_call"].audience(fact))
        assert cast.edda.pk not in told and cast.tom.pk in told


def called(cast: Cast, at: datetime) -> set[UUID]:
    """Give whom the centre still has to call."""
    calls = handing.by_hand(cast.centre, Way.VOICE, at=at)
    return set(calls.values_list("notification__resident", flat=True))
