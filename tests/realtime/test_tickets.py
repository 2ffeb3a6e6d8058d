"""Tickets and sessions: who is who, asked for many at once, and each ticket good for one."""

from __future__ import annotations

import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier
from typing import Any

import pytest
from django.conf import settings
from django.db import connection
from django.utils import timezone

from tests.realtime.test_socket import session_of, ticket_of
from village.core.actor import Actor
from village.core.sessions import SessionStore
from village.realtime import tickets
from village.realtime.models import Ticket
from village.residents.models import Resident

DIALLERS = 64
PROCESSES = 4
# Take tickets back in a process of its own, once all are ready; say how many were good.
REDEEM = """
import sys, django
django.setup()
from village.realtime import tickets
print("ready", flush=True)
said = sys.stdin.readline().split()
print(sum(len(tickets.redeem([each])) for each in said))
"""


class TestIdentities:
    def test_of_many_sessions_are_two_queries(
        self, cast: Any, django_assert_num_queries: Any
    ) -> None:
        people = [cast.edda, cast.vera, cast.tom, cast.nora]
        tokens = {session_of(each): each for each in people}

        with django_assert_num_queries(2):
            found = tickets.identities_of([*tokens, "made-up", "0" * 32, "\x00", "ü"])

        assert {token: each.actor for token, each in found.items()} == {
            token: Actor(each.pk) for token, each in tokens.items()
        }

    @pytest.mark.parametrize("change", ["signed out", "over", "inactive", "new password", "empty"])
    def test_are_nobodys_after(self, nora: Resident, change: str) -> None:
        token = session_of(nora)
        match change:
            case "signed out":
                SessionStore.of_token(token).delete()
            case "over":
                SessionStore.get_model_class().objects.update(
                    expire_date=timezone.now() - timedelta(seconds=1)
                )
            case "inactive":
                Resident.objects.filter(pk=nora.pk).update(is_active=False)
            case "new password":
                nora.set_password("something else")
                nora.save()
            case "empty":
                session = SessionStore.of_token(token)
                session.clear()
                session.save()

        assert tickets.identities_of([token]) == {}

    def test_bear_a_new_secret_key(self, nora: Resident, settings: Any) -> None:
        token = session_of(nora)
        settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
        settings.SECRET_KEY = "another-one-" * 6

        assert token in tickets.identities_of([token])


class TestTickets:
    def test_are_taken_back_together(self, nora: Resident, django_assert_num_queries: Any) -> None:
        said = [ticket_of(nora) for _ in range(20)]

        # Two, and a savepoint around the first.
        with django_assert_num_queries(4):
            assert len(tickets.redeem([*said, "made-up"])) == 20
        assert tickets.redeem(said) == {}

    def test_are_good_for_half_a_minute(self, nora: Resident) -> None:
        said = ticket_of(nora)
        Ticket.objects.update(expires_at=timezone.now())

        assert tickets.redeem([said]) == {}

    @pytest.mark.postgres
    @pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has one writer at a time")
    @pytest.mark.django_db(transaction=True)
    def test_let_one_of_64_threads_in(self, nora: Resident) -> None:
        said = [ticket_of(nora) for _ in range(5)]
        barrier = Barrier(DIALLERS)

        def dial(number: int) -> int:
            won = 0
            for ticket in said:
                barrier.wait(20)
                won += len(tickets.redeem([ticket, f"made-up-{number}"]))
                # There are fewer connections than threads.
                connection.close()
            return won

        with ThreadPoolExecutor(DIALLERS) as threads:
            assert sum(threads.map(dial, range(DIALLERS))) == len(said)

    @pytest.mark.postgres
    @pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has one writer at a time")
    @pytest.mark.django_db(transaction=True)
    def test_let_one_of_several_processes_in(self, nora: Resident) -> None:
        said = [ticket_of(nora) for _ in range(200)]
        url = settings.DATABASES["default"]
        address = (
            f"postgres://{url['USER']}:{url['PASSWORD']}@{url['HOST']}:{url['PORT']}/{url['NAME']}"
        )
        processes = [
            subprocess.Popen(
                [sys.executable, "-c", REDEEM],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                text=True,
                env={
                    **os.environ,
                    "DJANGO_SETTINGS_MODULE": "tests.settings",
                    "DATABASE_URL": address,
                },
            )
            for _ in range(PROCESSES)
        ]
        for process in processes:
            assert process.stdout is not None
            assert process.stdout.readline() == "ready\n"
        for process in processes:
            assert process.stdin is not None
            process.stdin.write(" ".join(said) + "\n")
            process.stdin.flush()
        won = [int(process.communicate(timeout=60)[0]) for process in processes]

        assert sum(won) == len(said)
