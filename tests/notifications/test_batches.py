"""Many letters at once: taken together, sent some at a time, and written down as they go."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from notifications import actions, post
from notifications.models import Delivery, Device, Way
from notifications.tasks import send_due
from notifications.transports.base import Address, Letter, Outcome, TransportError
from notifications.transports.fcm_message import Messages
from tests.support.cast import Cast
from tests.support.letters import fid, make_letter
from village.core.actor import SYSTEM
from village.journal.notices import Importance, Notice
from village.journal.readers import Recorded

pytestmark = pytest.mark.django_db
Record = Callable[..., Recorded]
Prefers = Callable[..., None]
Phone = Callable[..., Device]
Batch = Sequence[tuple[Address, Letter]]


def tell(recorded: Recorded) -> None:
    actions.tell(by=SYSTEM, recorded=recorded, at=timezone.now())


def lease(way: Way = Way.PUSH, **changes: Any) -> list[actions.Errand]:
    options = {"at": timezone.now(), "at_most": 50, **changes}
    return actions.lease_deliveries(by=SYSTEM, way=way, **options)


class Carrier:
    """Carry letters, and do something else before the second lot."""

    name = "carrier"

    def __init__(self, before_the_second: Callable[[], None]) -> None:
        self._before_the_second = before_the_second
        self.lots: list[int] = []

    def send(self, batch: Batch) -> list[Outcome]:
        if self.lots:
            self._before_the_second()
        self.lots.append(len(batch))
        return [Outcome.taken(f"of-{address.value}") for address, _ in batch]


@pytest.fixture
def five(granted: Record, phone: Phone, cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a letter wait for each of five phones, to be sent two at a time."""
    monkeypatch.setitem(post.TOGETHER, Way.PUSH, 2)
    for number in range(5):
        phone(cast.edda, f"phone-{number}")
    tell(granted())


@pytest.mark.usefixtures("five")
class TestALease:
    def carried_by(self, carrier: Carrier, monkeypatch: pytest.MonkeyPatch) -> int:
        monkeypatch.setattr(post, "transport_for", lambda kind: carrier)
        return send_due()

    def test_is_sent_some_at_a_time(self, monkeypatch: pytest.MonkeyPatch) -> None:
        written_down: list[int] = []
        carrier = Carrier(
            lambda: written_down.append(Delivery.objects.filter(state="sent").count())
        )

        assert self.carried_by(carrier, monkeypatch) == 5
        assert carrier.lots == [2, 2, 1]
        assert written_down == [2, 4]
        for row in Delivery.objects.select_related("device"):
            assert (row.state, row.provider_id) == ("sent", f"of-{row.device.address}")

    def test_is_left_to_others_when_a_transport_breaks(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def break_down() -> None:
            raise ZeroDivisionError

        assert self.carried_by(Carrier(break_down), monkeypatch) == 2
        assert Delivery.objects.filter(state="waiting", tries=1).count() == 3
        later = timezone.now() + timedelta(seconds=26)
        assert len(lease(at=later)) == 3

    def test_is_given_back_when_a_transport_has_to_rest(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def refuse() -> None:
            raise TransportError("the project is locked", permanent=False)

        assert self.carried_by(Carrier(refuse), monkeypatch) == 2
        assert lease() == []
        later = timezone.now() + timedelta(seconds=31)
        assert [each.tries for each in lease(at=later)] == [1, 1, 1]

    def test_is_given_back_when_its_round_is_over(self, monkeypatch: pytest.MonkeyPatch) -> None:
        clock = [0.0]
        monkeypatch.setattr(post, "monotonic", lambda: clock[0])

        def take_long() -> None:
            clock[0] += post.ROUND_SECONDS + 1

        assert self.carried_by(Carrier(take_long), monkeypatch) == 4
        [left] = lease()
        assert left.tries == 1


class TestTaking:
    def test_leaves_the_others_where_they_are_when_there_is_an_emergency(
        self,
        granted: Record,
        published: Record,
        phone: Phone,
        cast: Cast,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        phone(cast.edda)
        tell(granted())
        monkeypatch.setattr(Notice.declared["news.article"], "importance", Importance.EMERGENCY)
        tell(published())

        assert [each.letter.kind for each in lease()] == ["news.article"]
        assert [each.letter.kind for each in lease()] == ["assist.mandate_granted"]

    def test_writes_a_letter_once_for_all_phones_of_a_person(
        self, granted: Record, phone: Phone, cast: Cast
    ) -> None:
        phone(cast.edda, "one")
        phone(cast.edda, "two")
        tell(granted())

        one, two = lease()
        assert one.address != two.address
        assert one.letter is two.letter

    def test_shows_providers_what_several_are_told_only_where_everybody_is(
        self,
        published: Record,
        phone: Phone,
        prefers: Prefers,
        cast: Cast,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        monkeypatch.setattr(Notice.declared["news.article"], "thread", None)
        for person in (cast.edda, cast.tom):
            phone(person, f"of-{person.pk}")
            prefers(person, "push")
        tell(published())
        assert len({each.letter.collapse_key for each in lease()}) == 1

        monkeypatch.setattr(Notice.declared["news.article"], "importance", Importance.PERSONAL)
        tell(published())
        assert len({each.letter.collapse_key for each in lease()}) == 2


class TestDigests:
    def test_ask_as_often_for_many_as_for_one(
        self, published: Record, prefers: Prefers, cast: Cast
    ) -> None:
        def questions(people: int) -> int:
            for _ in range(2):
                tell(published())
            Delivery.objects.update(due_at=timezone.now())
            with CaptureQueriesContext(connection) as asked:
                # The first part of each, to which the second has to be found.
                errands = lease(Way.EMAIL, at_most=people)
            assert [len(each.deliveries) for each in errands] == [2] * people
            Delivery.objects.all().delete()
            return len(asked)

        asked = []
        for number, person in enumerate((cast.tom, cast.nora, cast.vera), 1):
            prefers(person, "email", "daily")
            asked.append(questions(number))
        # The first of all asks besides what is kept in memory from then on.
        assert asked[0] >= asked[1] == asked[2]

    def test_are_not_more_at_once_than_a_worker_can_hold(
        self,
        published: Record,
        prefers: Prefers,
        cast: Cast,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        monkeypatch.setattr("notifications.actions.sending.MOST_OF_ALL_DIGESTS", 5)
        for person in (cast.tom, cast.nora):
            prefers(person, "email", "daily")
        for _ in range(3):
            tell(published())
        Delivery.objects.update(due_at=timezone.now())

        assert [len(each.deliveries) for each in lease(Way.EMAIL)] == [3]
        assert [len(each.deliveries) for each in lease(Way.EMAIL)] == [3]
        assert lease(Way.EMAIL) == []


class TestMessages:
    def test_have_their_own_phone_and_data_in_a_shape_of_all(self) -> None:
        messages = Messages(now=0.0)
        title = '", "fid": "somebody else'

        def wire(phone: str, seq: str) -> Any:
            letter = make_letter(title=title, data={"seq": seq})
            return json.loads(messages.body(fid(phone), letter))["message"]

        one, two = wire("one", "1"), wire("two", "2")
        assert (one.pop("fid"), two.pop("fid")) == ("one", "two")
        assert (one.pop("data")["seq"], two.pop("data")["seq"]) == ("1", "2")
        assert one == two
        assert one["notification"]["title"] == title
