"""
Emptying the tables after a test that commits.

Django empties all of them, and then writes down anew which tables and permissions there are. Here
only what was written is deleted, and what migrating has made stays.
"""

from __future__ import annotations

from functools import cache

from django.apps import apps
from django.db import connection, transaction

from village.journal import guards

# Made with the tables, from the models; nothing else writes them.
STAYS = {"django_content_type", "auth_permission"}


def empty() -> None:
    """Delete every row that is there, past the foreign keys and the ledger's guards."""
    with transaction.atomic(), connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            # Whoever writes even now is waited for.
            cursor.execute(f"LOCK TABLE {', '.join(_tables())} IN EXCLUSIVE MODE")
            # Neither triggers nor foreign keys are asked.
            cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute(_which_hold_rows())
        written = [table for (table,) in cursor.fetchall()]
        is_guarded = connection.vendor == "sqlite" and '"journal_entry"' in written
        if is_guarded:
            guards.take_down(cursor, connection.vendor)
        for table in written:
            cursor.execute(f"DELETE FROM {table}")
        if is_guarded:
            guards.set_up(cursor, connection.vendor)


@cache
def _tables() -> list[str]:
    """Name every table, as SQL does."""
    models = apps.get_models(include_auto_created=True)
    names = {each._meta.db_table for each in models if each._meta.managed}
    return [connection.ops.quote_name(name) for name in sorted(names - STAYS)]


@cache
def _which_hold_rows() -> str:
    asked = (f"SELECT '{table}' WHERE EXISTS (SELECT 1 FROM {table})" for table in _tables())
    return " UNION ALL ".join(asked)
