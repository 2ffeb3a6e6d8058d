"""Bring a village to life with one command."""

from __future__ import annotations

import signal
import sys
from contextlib import nullcontext
from typing import Any, NoReturn

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import DEFAULT_DB_ALIAS, connections
from django.db.migrations.executor import MigrationExecutor

from village.residents.queries import all_villages


class Command(BaseCommand):
    """Prepare the database, load the demo where there is one, and serve."""

    help = "Serve the village: pages, API, sockets and, without Redis, its background jobs."
    requires_system_checks = []
    requires_migrations_checks = False

    def add_arguments(self, parser: CommandParser) -> None:
        """Take where to listen."""
        parser.add_argument("--host", default="127.0.0.1", help="the address to listen on")
        parser.add_argument(
            "--port", type=int, default=settings.PORT, help="the port to listen on (or PORT=)"
        )

    def handle(self, *args: Any, host: str, port: int, **options: Any) -> None:
        """Serve until SIGINT or SIGTERM."""
        # Until there is something to end in order, a signal simply ends it.
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, _leave)
        # Not before: it brings daphne's reactor with it.
        from village.management.serving import CannotServe, Serving, only_here

        address = f"http://{f'[{host}]' if ':' in host else host}:{port}"
        try:
            with only_here(settings.VAR_DIR, address) if settings.EMBEDDED else nullcontext():
                self._prepare()
                Serving(host, port, lambda: self._greet(address)).run()
        except CannotServe as error:
            raise CommandError(str(error)) from None
        self.stdout.write("The village has stopped.")

    def _prepare(self) -> None:
        executor = MigrationExecutor(connections[DEFAULT_DB_ALIAS])
        if plan := executor.migration_plan(executor.loader.graph.leaf_nodes()):
            self.stdout.write(f"Preparing the database ({len(plan)} migrations) ...")
            call_command("migrate", verbosity=0, interactive=False)
        if settings.VILLAGE_DEMO:
            # Absent, it is built; there already, its board is brought up to this week in silence.
            is_there = all_villages().exists()
            call_command("demo", stdout=self.stdout, verbosity=0 if is_there else 1)

    def _greet(self, address: str) -> None:
        self.stdout.write(f"\nThe village is at {address} (Ctrl-C stops it).")
        if settings.VILLAGE_DEMO:
            call_command("demo", who=True, stdout=self.stdout)
        self.stdout.flush()


def _leave(*_: Any) -> NoReturn:
    sys.exit(0)
