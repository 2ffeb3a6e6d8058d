"""The writers' queue in front of SQLite."""

from __future__ import annotations

import fcntl
import os
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest
from django.db import connection, transaction
from django.test import Client

from village.residents.models import Resident

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(connection.vendor != "sqlite", reason="needs SQLite"),
]


def test_a_process_forked_by_a_writer_does_not_keep_the_turn() -> None:
    name = connection.settings_dict["NAME"]
    with transaction.atomic():
        turn: int | None = connection._lock  # type: ignore[attr-defined]
        assert turn is not None
        # What a fork has of it: the same open file.
        forked = os.dup(turn)
    try:
        with Path(f"{name}.writers").open("rb") as other:
            fcntl.flock(other, fcntl.LOCK_EX | fcntl.LOCK_NB)
    finally:
        os.close(forked)


def test_a_database_that_is_taken_is_busy_and_no_error_of_ours(
    api: Callable[..., Client], nora: Resident
) -> None:
    client = api(nora)
    client.raise_request_exception = False
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA busy_timeout = 50")
    other = sqlite3.connect(str(connection.settings_dict["NAME"]), isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    try:
        answer = client.post("/api/v1/realtime/tickets")
    finally:
        other.execute("ROLLBACK")
        other.close()
    assert (answer.status_code, answer["Retry-After"]) == (503, "2")
    assert client.post("/api/v1/realtime/tickets").status_code == 201
