"""The ground of a run: a throwaway PostgreSQL and Redis, and Django on top of them."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import LiteralString

import psycopg

from benchmarks.load import VAR
from benchmarks.machine import OTHER_CORE, allow_many_files, on_core
from tools.services import Services, services


@contextmanager
def village(*, count_queries: bool = False) -> Iterator[Services]:
    """Bring the services up on the second core, and make this process part of the village."""
    allow_many_files()
    VAR.mkdir(parents=True, exist_ok=True)
    with on_core(OTHER_CORE):
        ground = services()
        running = ground.__enter__()
    try:
        os.environ.update(running.environment())
        os.environ["DJANGO_SETTINGS_MODULE"] = "benchmarks.settings"
        import django
        from django.core.management import call_command

        django.setup()
        call_command("migrate", verbosity=0)
        if count_queries:
            _let_count(running)
        yield running
        from django.db import connection

        connection.close()
        connection.close_pool()
    finally:
        ground.__exit__(None, None, None)


def _let_count(running: Services) -> None:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("ALTER SYSTEM SET shared_preload_libraries = 'pg_stat_statements'")
        cursor.execute("CREATE EXTENSION pg_stat_statements")
    connection.close()
    connection.close_pool()
    running.postgres.stop()
    with on_core(OTHER_CORE):
        running.postgres.start()


class Queries:
    """Count what the database is asked."""

    def __init__(self, ground: Services) -> None:
        self._url = ground.postgres.url

    def forget(self) -> None:
        """Begin to count anew."""
        self._ask("SELECT pg_stat_statements_reset()")

    def count(self) -> int:
        """Give the number of queries since then, without the words around transactions."""
        return self._ask(
            "SELECT coalesce(sum(calls), 0)::bigint FROM pg_stat_statements"
            " WHERE toplevel AND query !~* '^(begin|commit|rollback|savepoint|release|set|show)'"
            " AND query !~ 'pg_stat_statements'"
        )

    def _ask(self, query: LiteralString) -> int:
        # Beside Django's pool, whose connections may be from before a restart.
        with psycopg.connect(self._url) as line:
            row = line.execute(query).fetchone()
        return int(row[0] or 0) if row else 0


def redis_pid(running: Services) -> int:
    """Give the id of the broker's process, whose work counts as the server's."""
    assert running.redis.process is not None
    return running.redis.process.pid
