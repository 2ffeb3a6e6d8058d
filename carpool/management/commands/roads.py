"""The operator's verbs for the roads that rides are matched by."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from carpool.actions import replan_rides
from carpool.roads import kept_at
from carpool.routing.network import NoRoads
from carpool.routing.openstreetmap import build
from village.core.actor import SYSTEM

# So often it is said how many rides are timed.
SAID_EVERY = 100


class Command(BaseCommand):
    """Build the roads, forget them, or time the rides by them."""

    help = (
        "roads build FILE.osm.pbf: match by the roads of an OpenStreetMap extract. "
        "roads forget: match by an estimate again. "
        "roads replan: time all rides to come anew, after OSRM_URL has changed."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the verbs."""
        verbs = parser.add_subparsers(dest="verb", required=True)
        verbs.add_parser("build").add_argument("file", type=Path)
        verbs.add_parser("forget")
        verbs.add_parser("replan")

    def handle(self, *args: Any, **options: Any) -> None:
        """
        Do as told; rides to come are always timed anew.

        :raises CommandError: the file holds no roads
        """
        if options["verb"] == "build":
            self._build(options["file"])
        elif options["verb"] == "forget":
            kept_at().unlink(missing_ok=True)
            self.stdout.write("The roads are forgotten; rides are matched by an estimate.")
        number = replan_rides(by=SYSTEM, at=timezone.now(), say=self._say)
        self.stdout.write(f"{number} rides to come are timed anew.")

    def _build(self, file: Path) -> None:
        try:
            network = build(file, lambda said: self.stdout.write(f"  {said}"))
        except NoRoads as error:
            raise CommandError(str(error)) from error
        network.save(kept_at())
        self.stdout.write(
            f"Rides are matched by {len(network.edges.starts):,} pieces of road from now on.\n"
            "The data is (c) OpenStreetMap contributors, under the Open Database License 1.0:\n"
            "https://www.openstreetmap.org/copyright"
        )

    def _say(self, done: int) -> None:
        if done % SAID_EVERY == 0:
            self.stdout.write(f"  {done} rides timed")
