"""
Hand messages over to the provider of the environment, in one of the ways there are.

``python -m benchmarks.postman WAY`` reads commands and answers each with a line of JSON. The
``village`` tells and carries as its worker does; ``lanes`` is its transport alone; ``one_by_one``
is `firebase_admin.messaging.send` in a loop; ``bulk`` is the loop of fcm-django's querysets:
`messaging.send_each` for each 500.
"""

from __future__ import annotations

import json
import os
import resource
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import django

django.setup()

from django.db import connection, transaction  # noqa: E402 - needs the apps to be ready
from django.utils import timezone  # noqa: E402

from benchmarks.board.facts import AlarmRung, DigestTold, NewsTold  # noqa: E402
from benchmarks.board.notices import BODY  # noqa: E402
from benchmarks.board.topics import VILLAGE  # noqa: E402
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
    """Send by the village's transport alone, in its worker's batches."""
    transport, at_once = transport_for(AddressKind.FCM_FID), post.AT_ONCE[post.Way.PUSH]
    letters = [(Address(AddressKind.FCM_FID, str(uuid4())), _letter()) for _ in range(int(number))]
    taken = 0
    for first in range(0, len(letters), at_once):
        outcomes = transport.send(letters[first : first + at_once])
        taken += sum(each.accepted for each in outcomes)
    return taken


def one_by_one(number: str) -> int:
    """Send as the documentation of firebase-admin shows it."""
    from firebase_admin import messaging

    _prepare_firebase()
    return sum(bool(messaging.send(_message())) for _ in range(int(number)))


def bulk(number: str) -> int:
    """Send as fcm-django's querysets do: 500 at a time."""
    from firebase_admin import messaging

    _prepare_firebase()
    messages, taken = [_message() for _ in range(int(number))], 0
    for first in range(0, len(messages), BULK):
        taken += messaging.send_each(messages[first : first + BULK]).success_count
    return taken


def _letter() -> Letter:
    return Letter(
        title="News from the bakery",
        body=BODY,
        link="/news/1",
        collapse_key=str(uuid4()),
        kind="board.news",
        data={"notification": str(uuid4()), "village": VILLAGE},
        urgent=False,
        ttl_seconds=3600,
        language="en",
    )


def _message() -> Any:
    """Make the same message with the library's own words."""
    from firebase_admin import messaging

    key = str(uuid4())
    return messaging.Message(
        fid=str(uuid4()),
        notification=messaging.Notification(title="News from the bakery", body=BODY),
        data={
            "notification": key,
            "village": VILLAGE,
            "kind": "board.news",
            "link": "/news/1",
        },
        android=messaging.AndroidConfig(
            collapse_key=key,
            priority="normal",
            ttl=3600,
            notification=messaging.AndroidNotification(tag=key),
        ),
    )


def _prepare_firebase() -> None:
    import firebase_admin
    from firebase_admin import credentials, messaging

    if not firebase_admin._apps:
        account = json.loads(os.environ["FCM_CREDENTIALS"])
        firebase_admin.initialize_app(credentials.Certificate(account))
        # It can be told of no other server than Google's.
        google = "https://fcm.googleapis.com"
        service = messaging._MessagingService
        service.FCM_URL = service.FCM_URL.replace(google, os.environ["FCM_BASE_URL"])


VERBS: dict[str, Callable[..., float]] = {
    each.__name__: each
    for each in (begin, analyze, tell, carry, digests_due, ring, lanes, one_by_one, bulk)
}


def main() -> None:
    """Do what is asked until nobody asks any more."""
    for line in sys.stdin:
        verb, *words = line.split()
        began, cpu = time.perf_counter(), time.process_time()
        done = VERBS[verb](*words)
        told = {
            "done": done,
            "seconds": time.perf_counter() - began,
            "cpu_seconds": time.process_time() - cpu,
            "peak_mib": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
        }
        print(json.dumps(told), flush=True)


if __name__ == "__main__":
    main()
