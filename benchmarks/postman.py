"""
Hand messages over to the provider of the environment, in one of the ways there are.

``python -m benchmarks.postman WAY`` reads commands and answers each with a line of JSON. The
``village`` tells and carries as its worker does; ``lanes`` is its transport alone; ``one_by_one``
is `firebase_admin.messaging.send` in a loop; ``bulk`` is `messaging.send_each` for each 500, and
``bulk_async`` `messaging.send_each_async`.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from datetime import UTC, datetime
from functools import cache
from uuid import uuid4

import django

django.setup()

from django.db import connection, transaction  # noqa: E402 - needs the apps to be ready
from django.utils import timezone  # noqa: E402

from benchmarks.answering import answer  # noqa: E402
from benchmarks.board.facts import AlarmRung, DigestTold, NewsTold  # noqa: E402
from benchmarks.messages import BODY, TITLE, VILLAGE, message, prepare_firebase  # noqa: E402
from notifications import post  # noqa: E402
from notifications.models import Delivery, Device, FanOut, Preference, Timing  # noqa: E402
from notifications.transports.base import Address, AddressKind, Letter  # noqa: E402
from notifications.transports.choose import transport_for  # noqa: E402
from village.core.actor import SYSTEM  # noqa: E402
from village.journal.actions import record  # noqa: E402
from village.journal.facts import Fact  # noqa: E402
from village.journal.tasks import read_entry  # noqa: E402
from village.residents.models import Membership, Resident, Village  # noqa: E402

DEVICES = 2
BULK = 500
Words = list[str]


# The village


def begin(people: str) -> int:
    """Let so many people live there, with two phones each, who want to hear everything."""
    now = timezone.now()
    village, _ = Village.objects.get_or_create(
        slug=VILLAGE, defaults={"name": "Bench", "lat": 50.0, "lng": 11.5, "created_at": now}
    )
    everybody = Resident.objects.bulk_create(
        Resident(display_name=f"Resident {number}", password="!") for number in range(int(people))
    )
    Membership.objects.bulk_create(
        Membership(village=village, resident=each, created_at=now) for each in everybody
    )
    wishes = (("news", "inbox", "now"), ("news", "push", "now"), ("digest", "push", "weekly"))
    Preference.objects.bulk_create(
        Preference(resident=each, notice=f"board.{notice}", way=way, timing=timing)
        for each in everybody
        for notice, way, timing in wishes
    )
    Device.objects.bulk_create(
        Device(
            resident=each,
            kind="fcm_fid",
            address=f"{each.pk}-{number}",
            registered_at=now,
            last_seen_at=now,
        )
        for each in everybody
        for number in range(DEVICES)
    )
    analyze()
    return len(everybody)


def analyze() -> int:
    """Let the database look at its tables, as it does by itself when there is time."""
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    return 0


def tell(what: str) -> int:
    """Tell everybody, as a worker does that hears of it."""
    read_entry(_recorded({"news": NewsTold, "digest": DigestTold}[what](village=VILLAGE)))
    post.tell_large_audiences()
    return FanOut.objects.filter(done_at=None).count()


def carry() -> int:
    """Carry what is due, to the last letter."""
    sent = 0
    while carried := post.carry_due():
        sent += carried
    return sent


def digests_due() -> int:
    """Let Monday come."""
    weekly = Delivery.objects.filter(state="waiting", timing=Timing.WEEKLY)
    return weekly.update(due_at=timezone.now())


def ring(number: str, people: str) -> float:
    """Warn some people; give the moment in which it was decided."""
    _recorded(AlarmRung(village=VILLAGE, number=int(number), people=int(people)))
    return time.monotonic()


def _recorded(fact: Fact) -> int:
    with transaction.atomic():
        return record(fact, by=SYSTEM, at=datetime.now(UTC)).entry_id


# What it is measured against


def lanes(number: str) -> int:
    """Send by the village's transport alone, as many together as its worker does."""
    transport, at_once = transport_for(AddressKind.FCM_FID), post.TOGETHER[post.Way.PUSH]
    letters = [(Address(AddressKind.FCM_FID, str(uuid4())), _letter()) for _ in range(int(number))]
    taken = 0
    for first in range(0, len(letters), at_once):
        outcomes = transport.send(letters[first : first + at_once])
        taken += sum(each.accepted for each in outcomes)
    return taken


def one_by_one(number: str) -> int:
    """Send as the documentation of firebase-admin shows it."""
    from firebase_admin import messaging

    prepare_firebase()
    return sum(bool(messaging.send(message(fid=str(uuid4())))) for _ in range(int(number)))


def bulk(number: str) -> int:
    """Send 500 at a time, with a thread for each of them."""
    from firebase_admin import messaging

    prepare_firebase()
    return sum(messaging.send_each(each).success_count for each in _lots(int(number)))


def bulk_async(number: str) -> int:
    """Send 500 at a time, over HTTP/2 where the server speaks it."""
    from firebase_admin import messaging

    prepare_firebase()

    async def send() -> int:
        return sum(
            [(await messaging.send_each_async(each)).success_count for each in _lots(int(number))]
        )

    return _runner().run(send())


@cache
def _runner() -> asyncio.Runner:
    # The library keeps its connections, and they belong to one loop.
    return asyncio.Runner()


def _lots(number: int) -> list[list[object]]:
    messages = [message(fid=str(uuid4())) for _ in range(number)]
    return [messages[first : first + BULK] for first in range(0, number, BULK)]


def _letter() -> Letter:
    return Letter(
        title=TITLE,
        body=BODY,
        link="/news/1",
        # The same for everybody, as of all that everybody is told.
        collapse_key="board.news/1",
        kind="board.news",
        data={"notification": str(uuid4()), "village": VILLAGE},
        urgent=False,
        ttl_seconds=3600,
        language="en",
    )


VERBS: dict[str, Callable[..., float]] = {
    each.__name__: each
    for each in (
        *(begin, analyze, tell, carry, digests_due, ring),
        *(lanes, one_by_one, bulk, bulk_async),
    )
}

if __name__ == "__main__":
    answer(VERBS)
