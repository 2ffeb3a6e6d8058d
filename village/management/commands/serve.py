"""Bring a village to life with one command."""

from __future__ import annotations

import signal
import sys
from argparse import ArgumentTypeError
from contextlib import nullcontext
from typing import Any, NoReturn

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import OperationalError

from village.management.preparing import prepare


class Command(BaseCommand):
    """Prepare the database, load the demo where there is one, and serve."""

    help = "Serve the village: pages, API, sockets and, without Redis, its background jobs."
    requires_system_checks = []
    requires_migrations_checks = False

    def add_arguments(self, parser: CommandParser) -> None:
        """Take where to listen."""
        parser.add_argument("--host", default="127.0.0.1", help="the address to listen on")
        parser.add_argument(
            "--port", type=_port, default=settings.PORT, help="the port to listen on (or PORT=)"
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
                prepare(self.stdout)
                Serving(host, port, lambda: self._greet(address)).run()
        except CannotServe as error:
            raise CommandError(str(error)) from None
        except OperationalError as error:
            raise CommandError(f"The database does not answer: {error}") from None
        self.stdout.write("The village has stopped.")

    def _greet(self, address: str) -> None:
        self.stdout.write(f"\nThe village is at {address} (Ctrl-C stops it).")
        if settings.VILLAGE_DEMO:
            call_command("demo", who=True, stdout=self.stdout)
        self.stdout.flush()


def _port(text: str) -> int:
    if text.isdecimal() and 0 < int(text) < 65536:
        return int(text)
    raise ArgumentTypeError("a port is a number from 1 to 65535")


def _leave(*_: Any) -> NoReturn:
    sys.exit(0)
