"""The operator's verbs for the streams."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from village.journal import epochs


class Command(BaseCommand):
    """Look after the streams."""

    help = "streams rotate: give every stream a new epoch; the first step after any restore."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the verbs."""
        parser.add_argument("verb", choices=["rotate"])

    def handle(self, *args: Any, **options: Any) -> None:
        """Rotate."""
        number = epochs.rotate()
        self.stdout.write(f"{number} streams have a new epoch; open screens load their lists anew.")
