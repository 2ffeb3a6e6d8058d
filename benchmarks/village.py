"""The ground of a run: a throwaway PostgreSQL and Redis, and Django on top of them."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager

from benchmarks.load import VAR
from benchmarks.machine import OTHER_CORE, allow_many_files, on_core
from tools.services import Services, services


@contextmanager
def village() -> Iterator[Services]:
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
        yield running
        from django.db import connection

        connection.close()
        connection.close_pool()
    finally:
        ground.__exit__(None, None, None)


def redis_pid(running: Services) -> int:
    """Give the id of the broker's process, whose work counts as the server's."""
    assert running.redis.process is not None
    return running.redis.process.pid
