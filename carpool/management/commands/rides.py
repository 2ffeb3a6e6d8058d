"""The operator's verbs for rides: are they sound, and what did they save?"""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from carpool import queries
from carpool.actions import tidy_index
from village.core.actor import SYSTEM
from village.residents.queries import all_villages


class Command(BaseCommand):
    """Look for rows that should not be there, or say what a year of riding together saved."""

    help = (
        "rides check: count rows of rides that are left over, stale or missing. "
        "rides tidy: keep the index to the rides to come. "
        "rides saved YEAR: what each village saved."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the verbs."""
        verbs = parser.add_subparsers(dest="verb", required=True)
        verbs.add_parser("check")
        verbs.add_parser("tidy")
        verbs.add_parser("saved").add_argument("year", type=int, choices=range(2000, 2101))

    def handle(self, *args: Any, **options: Any) -> None:
        """
        Do as told.

        :raises CommandError: if a check finds a fault
        """
        if options["verb"] == "saved":
            self._saved(options["year"])
            return
        at = timezone.now()
        if options["verb"] == "tidy":
            while tidied := tidy_index(by=SYSTEM, at=at):
                self.stdout.write(f"{tidied} rides tidied")
        found = 0
        for name, count in queries.faults(at):
            self.stdout.write(f"{count:6} {name}")
            found += count
        if found:
            raise CommandError(f"{found} faults")

    def _saved(self, year: int) -> None:
        for village in all_villages().order_by("name"):
            saved = queries.saved_in(village.pk, year)
            if saved is None:
                said = f"fewer than {queries.FEWEST} people took part"
            else:
                said = f"{saved.rides} rides, {saved.km} km"
                said += f", {saved.co2_kg} kg CO2, {saved.euros} euros"
            self.stdout.write(f"{village.name}: {said}")
