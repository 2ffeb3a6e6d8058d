"""Print an API session token of a demo resident, and nothing else."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from demo.people import Unknown, find
from demo.sign_in import session_of


class Command(BaseCommand):
    """Open a session of somebody in the demo and print its token."""

    help = "Print an API session token (X-Session-Token) of a demo resident."
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the person's name."""
        parser.add_argument("name", help="who signs in: edda, vera, tom, ...")

    def handle(self, *args: Any, name: str, **options: Any) -> None:
        """Print the token."""
        if not settings.VILLAGE_DEMO:
            raise CommandError("Tokens are given in the demo only (VILLAGE_DEMO=true).")
        try:
            self.stdout.write(session_of(find(name)))
        except Unknown as error:
            raise CommandError(str(error)) from None
