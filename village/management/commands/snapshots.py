"""Write the API's documents, or check that those in the repository are still true."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from village.api import api
from village.realtime import asyncapi


class Command(BaseCommand):
    """Keep docs/api/*.json equal to what the code declares."""

    help = "Write docs/api/openapi.json and docs/api/asyncapi.json (--check: only compare)."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the options."""
        parser.add_argument("--check", action="store_true", help="fail when a document differs")

    def handle(self, *args: Any, check: bool, **options: Any) -> None:
        """
        Write or compare.

        :raises CommandError: if a document differs and ``--check`` was given
        """
        folder = Path(settings.BASE_DIR) / "docs" / "api"
        folder.mkdir(parents=True, exist_ok=True)
        documents = {
            "openapi.json": api.get_openapi_schema(),
            "asyncapi.json": asyncapi.document(),
        }
        stale = []
        for name, document in documents.items():
            text = json.dumps(document, indent=2, sort_keys=True, ensure_ascii=False) + "\n"
            path = folder / name
            if path.exists() and path.read_text() == text:
                continue
            stale.append(name)
            if not check:
                path.write_text(text)
                self.stdout.write(f"wrote docs/api/{name}")
        if check and stale:
            raise CommandError(
                f"{', '.join(stale)}: not what the code says any more;"
                " run 'manage.py snapshots' and read the diff."
            )
