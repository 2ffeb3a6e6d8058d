"""Two workers at the same letters, and two people at one phone, on databases where they race."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from threading import Barrier, local
from typing import Any

import pytest
from django.db import IntegrityError, connection, connections, transaction
from django.utils import timezone

from notifications import actions, post
from notifications.actions import sending
from notifications.models import Delivery, Device, DeviceKind, Notification, Way
from notifications.transports import choose
from notifications.transports.base import AddressKind
from tests.support.fcm_server import FcmServer, fcm
from village.core.actor import SYSTEM, Actor
from village.journal.readers import Recorded
from village.residents.models import Membership, Resident, Village

__all__ = ["fcm"]

pytestmark = pytest.mark.django_db(transaction=True)
Record = Callable[..., Recorded]


def all_at_once(acts: list[Callable[[], Any]]) -> list[Any]:
    """Let everybody act at the same moment, each on a connection of their own."""
    together = Barrier(len(acts))

    def one(act: Callable[[], Any]) -> Any:
        together.wait(timeout=10)
        try:
            return act()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(acts)) as threads:
        return [done.result(timeout=60) for done in [threads.submit(one, act) for act in acts]]


def meet_between_choosing_and_taking(workers: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let each worker have chosen its first letters before any of them takes hers."""
    together = Barrier(workers)
    have_met = local()

    class Meeting(sending.Rechecks):
        def __init__(self, rows: list[Delivery], way: Way, at: datetime) -> None:
            super().__init__(rows, way, at)
            if rows and not hasattr(have_met, "yes"):
                have_met.yes = True
                together.wait(timeout=10)

    monkeypatch.setattr(sending, "Rechecks", Meeting)


class TestWorkers:
    def test_never_send_a_letter_twice(
        self,
        fcm: FcmServer,
        settings: Any,
        granted: Record,
        lindental: Village,
        at: datetime,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        settings.FCM_CREDENTIALS, settings.FCM_BASE_URL = json.dumps(fcm.credentials), fcm.base_url
        with transaction.atomic():
            for number in range(130):
                person = Resident.objects.create_user(f"Reader {number}")
                Membership.objects.create(village=lindental, resident=person, created_at=at)
                Device.objects.create(
                    resident=person,
                    kind=DeviceKind.FCM_FID,
                    address=f"phone-{number}",
                    registered_at=at,
                    last_seen_at=at,
                )
                actions.tell(by=SYSTEM, recorded=granted(person=person.pk), at=timezone.now())

        monkeypatch.setitem(post.AT_ONCE, Way.PUSH, 40)
        if connection.vendor == "postgresql":
            meet_between_choosing_and_taking(3, monkeypatch)
        transport: Any = choose.transport_for(AddressKind.FCM_FID)
        try:
            sent = all_at_once([post.carry_due] * 3)
        finally:
            transport.close()

        assert sum(sent) == 130
        assert set(Delivery.objects.values_list("state", "tries")) == {("sent", 1)}
        assert set(Counter(each.target for each in fcm.accepted).values()) == {1}


class TestOnePhone:
    def test_that_many_register_at_once_is_one_persons(
        self, tom: Resident, nora: Resident, mia: Resident, now: datetime
    ) -> None:
        def register(person: Resident) -> Callable[[], Device]:
            return lambda: actions.register_device(
                by=Actor(person.pk), kind=DeviceKind.FCM_FID, address="shared", at=now
            )

        all_at_once([register(person) for person in (tom, nora, mia)])

        assert Device.objects.get().address == "shared"


class TestOneFact:
    def test_that_two_workers_hear_at_once_is_told_once(
        self, granted: Record, edda: Resident
    ) -> None:
        recorded = granted()

        def tell() -> None:
            # Whoever comes second fails as a whole, and finds it done when it tries again.
            for _ in range(2):
                try:
                    return actions.tell(by=SYSTEM, recorded=recorded, at=timezone.now())
                except IntegrityError:
                    continue

        all_at_once([tell] * 3)

        assert Notification.objects.count() == 1
