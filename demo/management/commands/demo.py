"""Build the demo villages, and keep them alive."""

from __future__ import annotations

import signal
import threading
from random import Random
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from demo.board import ZONE
from demo.build import build
from demo.live import live as play
from demo.people import PEOPLE
from demo.progress import Progress


class Command(BaseCommand):
    """Build both villages with everybody in them; a second run changes nothing."""

    help = "Build the demo villages; a second run changes nothing."

    def add_arguments(self, parser: CommandParser) -> None:
        """Take what to do."""
        parser.add_argument("--who", action="store_true", help="only list who can sign in")
        parser.add_argument(
            "--live", action="store_true", help="let people act, gently, until Ctrl-C"
        )
        parser.add_argument("--minutes", type=float, help="how long --live goes on")

    def handle(
        self,
        *args: Any,
        who: bool,
        live: bool,
        minutes: float | None,
        verbosity: int,
        **options: Any,
    ) -> None:
        """Build, list the people, or let them live."""
        if not settings.VILLAGE_DEMO:
            raise CommandError("This is not a demo (VILLAGE_DEMO=true makes it one).")
        if who:
            self._list_people()
            return
        build(Progress(self.stdout if verbosity and not live else None), at=timezone.now())
        if live:
            self._live(minutes)

    def _live(self, minutes: float | None) -> None:
        stop = threading.Event()
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, lambda *_: stop.set())
        self.stdout.write("The village lives (Ctrl-C stops it).")
        acted = play(
            say=self._say,
            stop=stop,
            seconds=None if minutes is None else minutes * 60,
            random=Random(),
        )
        self.stdout.write(f"{acted} things have happened.")

    def _say(self, words: str) -> None:
        self.stdout.write(f"  {timezone.localtime(timezone.now(), ZONE):%H:%M:%S}  {words}")
        self.stdout.flush()

    def _list_people(self) -> None:
        self.stdout.write("Who can sign in (a token for the API: manage.py token NAME):")
        for person in PEOPLE:
            self.stdout.write(f"  {person.name:<7} {person.display_name:<16} {person.role}")
        self.stdout.write("Edda's card, with whose codes she says that she is there: /outbox.")
