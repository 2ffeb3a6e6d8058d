"""Erase again whom a restored backup has brought back."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from village.residents import erasing


class Command(BaseCommand):
    """Replay the ledger of erasures."""

    help = "After a restore: erase again whoever is in the ledger and has come back."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the options."""
        parser.add_argument("verb", choices=["replay"])
        parser.add_argument("ledger", nargs="?", type=Path, help="default: ERASURE_LEDGER")

    def handle(self, *args: Any, ledger: Path | None, **options: Any) -> None:
        """
        Read the ledger and erase.

        :raises CommandError: if the file is no ledger, or is not there
        """
        path = ledger or erasing.ledger()
        if not path.exists():
            raise CommandError(f"{path}: there is no ledger here; nobody was erased, or it is lost")
        try:
            people = erasing.written_down(path)
        except (ValueError, KeyError, TypeError) as error:
            raise CommandError(f"{path}: a line is none of a ledger ({error})") from error
        erased = erasing.replay(people, at=timezone.now())
        self.stdout.write(f"{len(people)} in the ledger, {erased} had come back and are erased")
