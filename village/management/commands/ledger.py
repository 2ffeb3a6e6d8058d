"""The operator's verbs for the ledger of what helpers did."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import connection

from village.core.walls import ROLE
from village.journal import verification
from village.management.walls import is_wanted


class Command(BaseCommand):
    """Verify the ledger, print what proves it later, and take rights on it from a role."""

    help = (
        "ledger verify [--against FILE]: read the chain again and say how many entries it has. "
        "ledger tips: print where each chain ends, to be kept elsewhere. "
        "ledger guard ROLE: let a database role add to the journal and never change it."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the verbs."""
        verbs = parser.add_subparsers(dest="verb", required=True)
        verify = verbs.add_parser("verify")
        verify.add_argument("--against", type=Path, help="what 'ledger tips' printed earlier")
        verbs.add_parser("tips")
        verbs.add_parser("guard").add_argument("role")

    def handle(self, *args: Any, **options: Any) -> None:
        """
        Do what was asked.

        :raises CommandError: if the ledger is not what was written, or the file cannot be read
        """
        match options["verb"]:
            case "verify":
                self._verify(_kept(options["against"]) if options["against"] else {})
            case "tips":
                for village, number, tip in verification.tips():
                    self.stdout.write(f"{village} {number} {tip}")
            case "guard":
                self._guard(options["role"])

    def _verify(self, kept: dict[str, dict[int, str]]) -> None:
        entries, faults = 0, []
        for reading in verification.verify(kept):
            entries += reading.entries
            faults += [f"{reading.village}: {fault}" for fault in reading.faults]
            self.stdout.write(
                f"{reading.village}: {reading.entries} entries, tip {reading.tip.hex()}"
            )
        if not verification.guarded():
            faults.append("the database's own guard of the ledger is missing or switched off")
        if faults:
            raise CommandError(
                "\n".join([f"{entries} entries read; the ledger is not as written:", *faults])
            )
        self.stdout.write(f"{entries} entries read; every one is as it was written.")

    def _guard(self, role: str) -> None:
        if connection.vendor != "postgresql":
            raise CommandError("Only PostgreSQL has roles.")
        with connection.cursor() as cursor:
            cursor.execute("SELECT quote_ident(rolname) FROM pg_roles WHERE rolname = %s", [role])
            found = cursor.fetchone()
            if found is None:
                raise CommandError(f"There is no role {role!r}.")
            named = found[0]
            for statement in (
                f"GRANT USAGE ON SCHEMA public TO {named}",
                f"GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {named}",
                f"GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {named}",
                f"REVOKE UPDATE, DELETE, TRUNCATE, TRIGGER ON journal_entry FROM {named}, PUBLIC",
            ):
                cursor.execute(statement)
            if is_wanted():
                cursor.execute(f"GRANT {ROLE} TO {named}")
        self.stdout.write(f"{role} may read and add to the journal, and change nothing in it.")


def _kept(path: Path) -> dict[str, dict[int, str]]:
    kept: dict[str, dict[int, str]] = {}
    try:
        for line in path.read_text().splitlines():
            village, number, tip = line.split()
            kept.setdefault(village, {})[int(number)] = tip
    except (OSError, ValueError) as error:
        raise CommandError(f"{path} is not what 'ledger tips' printed: {error}") from None
    return kept
