"""Build the demo villages, and keep them alive."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from demo.build import build
from demo.people import PEOPLE
from demo.progress import Progress


class Command(BaseCommand):
    """Build both villages with everybody in them; a second run changes nothing."""

    help = "Build the demo villages; a second run changes nothing."

    def add_arguments(self, parser: CommandParser) -> None:
        """Take what to do."""
        parser.add_argument("--who", action="store_true", help="only list who can sign in")

    def handle(self, *args: Any, who: bool, verbosity: int, **options: Any) -> None:
        """Build, or list the people."""
        if not settings.VILLAGE_DEMO:
            raise CommandError("This is not a demo (VILLAGE_DEMO=true makes it one).")
        if who:
            self._list_people()
            return
        build(Progress(self.stdout if verbosity else None), at=timezone.now())

    def _list_people(self) -> None:
        self.stdout.write("Who can sign in (a token for the API: manage.py token NAME):")
        for person in PEOPLE:
            self.stdout.write(f"  {person.name:<7} {person.display_name:<16} {person.role}")
