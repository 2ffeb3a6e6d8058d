"""
What keeps the database itself from changing or deleting what a helper did.

Kept apart from the migration that sets it up: SQLite forgets a table's triggers when a later
migration builds that table anew, which then calls ``set_up`` again.
"""

from __future__ import annotations

from typing import Protocol

_WORDS = "what a helper did is never changed or deleted"
_SET_UP = {
    "postgresql": (
        f"""
        CREATE OR REPLACE FUNCTION journal_keep() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            RAISE EXCEPTION '{_WORDS}' USING ERRCODE = 'restrict_violation';
        END $$
        """,
        """
        CREATE OR REPLACE TRIGGER ledger_is_kept BEFORE UPDATE OR DELETE ON journal_entry
        FOR EACH ROW WHEN (OLD.helper_id IS NOT NULL) EXECUTE FUNCTION journal_keep()
        """,
        """
        CREATE OR REPLACE TRIGGER ledger_is_not_emptied BEFORE TRUNCATE ON journal_entry
        FOR EACH STATEMENT EXECUTE FUNCTION journal_keep()
        """,
    ),
    "sqlite": tuple(
        f"""
        CREATE TRIGGER IF NOT EXISTS ledger_is_kept_on_{verb} BEFORE {verb} ON journal_entry
        FOR EACH ROW WHEN OLD.helper_id IS NOT NULL
        BEGIN SELECT RAISE(ABORT, '{_WORDS}'); END
        """
        for verb in ("update", "delete")
    ),
}
_TAKE_DOWN = {
    "postgresql": (
        "DROP TRIGGER ledger_is_kept ON journal_entry",
        "DROP TRIGGER ledger_is_not_emptied ON journal_entry",
    ),
    "sqlite": (
        "DROP TRIGGER ledger_is_kept_on_update",
        "DROP TRIGGER ledger_is_kept_on_delete",
    ),
}
_COUNT = {
    "postgresql": "SELECT count(*) FROM pg_trigger WHERE tgrelid = 'journal_entry'::regclass"
    " AND tgname LIKE 'ledger_is_%' AND tgenabled <> 'D'",
    "sqlite": "SELECT count(*) FROM sqlite_master WHERE type = 'trigger'"
    " AND tbl_name = 'journal_entry' AND name LIKE 'ledger_is_%'",
}


class _Cursor(Protocol):
    def execute(self, sql: str, /) -> object: ...
    def fetchone(self) -> tuple[int, ...]: ...


def set_up(cursor: _Cursor, vendor: str) -> None:
    """Forbid the changes."""
    for statement in _SET_UP[vendor]:
        cursor.execute(statement)


def take_down(cursor: _Cursor, vendor: str) -> None:
    """Allow the changes again: for undoing the migration, and for emptying a test's database."""
    for statement in _TAKE_DOWN[vendor]:
        cursor.execute(statement)


def stand(cursor: _Cursor, vendor: str) -> bool:
    """Tell whether the guards are there and awake."""
    cursor.execute(_COUNT[vendor])
    return cursor.fetchone()[0] == len(_TAKE_DOWN[vendor])
