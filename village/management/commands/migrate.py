"""Bring the database to where this code is, and put up the wall between its villages."""

from __future__ import annotations

from typing import Any

from django.core.management.commands import migrate

from village.management import walls


class Command(migrate.Command):
    """Migrate; what has a village is then behind the wall."""

    def handle(self, *args: Any, **options: Any) -> None:
        """Migrate, and put up the wall."""
        super().handle(*args, **options)
        walls.put_up()
