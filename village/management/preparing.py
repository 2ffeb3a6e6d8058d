"""Bringing a database to where this code needs it, before it is served."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import OutputWrapper
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from village.management import walls
from village.residents.queries import all_villages

# Names the advisory lock under which a shared database is prepared; any number does.
PREPARING = 0x76_69_6C_6C


def prepare(out: OutputWrapper) -> None:
    """Migrate, and settle the demo village where this is a demo."""
    with one_at_a_time():
        executor = MigrationExecutor(connection)
        if plan := executor.migration_plan(executor.loader.graph.leaf_nodes()):
            out.write(f"Preparing the database ({len(plan)} migrations) ...")
            out.flush()
            call_command("migrate", verbosity=0, interactive=False)
        elif walls.is_wanted() and not walls.stands():
            walls.put_up()
        if settings.VILLAGE_DEMO:
            # Absent, it is built; there already, its board is brought up to this week in silence.
            is_there = all_villages().exists()
            call_command("demo", stdout=out, verbosity=0 if is_there else 1)


@contextmanager
def one_at_a_time() -> Iterator[None]:
    """Let processes that share a PostgreSQL wait for the first; it lets go even when it dies."""
    if connection.vendor != "postgresql":
        yield
        return
    with connection.cursor() as cursor:
        # However long the first one takes: the limits of requests do not hold here.
        cursor.execute("SET lock_timeout = 0; SET statement_timeout = 0")
        cursor.execute("SELECT pg_advisory_lock(%s)", [PREPARING])
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [PREPARING])
            cursor.execute("RESET lock_timeout; RESET statement_timeout")
