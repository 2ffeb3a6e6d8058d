"""Write the documents that the code declares, or check that those in the repository are true."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from village.api import api
from village.management import permissions, retention
from village.realtime import asyncapi


class Command(BaseCommand):
    """Keep docs/api/*.json and the tables in docs equal to what the code declares."""

    help = "Write docs/api/*.json, docs/permissions.md, docs/retention.md (--check: only compare)."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the options."""
        parser.add_argument("--check", action="store_true", help="fail when a document differs")

    def handle(self, *args: Any, check: bool, **options: Any) -> None:
        """
        Write or compare.

        :raises CommandError: if a document differs and ``--check`` was given
        """
        docs = Path(settings.BASE_DIR) / "docs"
        (docs / "api").mkdir(parents=True, exist_ok=True)
        openapi = api.get_openapi_schema()
        documents = {
            "api/openapi.json": _json(openapi),
            "api/asyncapi.json": _json(asyncapi.document()),
            "permissions.md": permissions.table(openapi),
            "retention.md": retention.table(),
        }
        stale = []
        for name, text in documents.items():
            path = docs / name
            if path.exists() and path.read_text() == text:
                continue
            stale.append(name)
            if not check:
                path.write_text(text)
                self.stdout.write(f"wrote docs/{name}")
        if check and stale:
            raise CommandError(
                f"{', '.join(stale)}: not what the code says any more;"
                " run 'manage.py snapshots' and read the diff."
            )


def _json(document: dict[str, Any]) -> str:
    return json.dumps(document, indent=2, sort_keys=True, ensure_ascii=False) + "\n"
