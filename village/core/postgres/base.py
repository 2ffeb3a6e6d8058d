"""
PostgreSQL, with the wall of ``village.core.walls`` around each statement.

A connection takes on the role of people with the first statement that needs it, by one call, and
keeps it in and outside transactions alike: half of all reads have none. What a rollback may have
taken back is put up again before the next statement. The role is given back before the pool gets
the connection; one that died is thrown away unasked.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import psycopg
from django.conf import settings
from django.db.backends.postgresql import base
from psycopg.pq import TransactionStatus

from village.core import walls

_PUT_UP = "SELECT village_wall(%s::uuid[])"
_TAKE_DOWN = (
    "SELECT set_config('role', 'none', false), set_config('village.mine', '', false),"
    " set_config('village.seen', '', false)"
)
# On the connection itself, which outlives whoever has it now: around whom its wall is.
_AROUND = "village_wall_around"
_UNKNOWN = object()


class DatabaseWrapper(base.DatabaseWrapper):
    """Speak to PostgreSQL as whoever asks."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.execute_wrappers.append(self._behind_the_wall)

    def _behind_the_wall(
        self, execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any
    ) -> Any:
        self._stand(walls.people() if settings.VILLAGE_WALL else None)
        return execute(sql, params, many, context)

    def _stand(self, people: walls.People) -> None:
        raw: Any = self.connection
        if getattr(raw, _AROUND, None) == people:
            return
        if raw.info.transaction_status is TransactionStatus.INERROR:
            # Nothing is shown any more before it is rolled back, and then this is asked again.
            return
        with self.wrap_database_errors, raw.cursor() as cursor:
            if people is None:
                cursor.execute(_TAKE_DOWN)
            else:
                cursor.execute(_PUT_UP, [list(people)])
        setattr(raw, _AROUND, people)

    def _forget(self) -> None:
        """Know no more around whom the wall is: settings go back with a transaction."""
        if getattr(self.connection, _AROUND, None) is not None:
            setattr(self.connection, _AROUND, _UNKNOWN)

    def _commit(self) -> Any:
        raw: Any = self.connection
        if raw is not None and raw.info.transaction_status is TransactionStatus.INERROR:
            # The server makes a rollback of it.
            self._forget()
        return super()._commit()  # type: ignore[misc]

    def _rollback(self) -> Any:
        self._forget()
        return super()._rollback()  # type: ignore[misc]

    def _savepoint_rollback(self, sid: str) -> None:
        try:
            super()._savepoint_rollback(sid)  # type: ignore[misc]
        finally:
            self._forget()

    def _close(self) -> Any:
        raw: Any = self.connection
        if getattr(raw, _AROUND, None) is not None and not raw.closed:
            _give_back(raw)
        return super()._close()  # type: ignore[misc]


def _give_back(raw: Any) -> None:
    """Take the wall down, before the pool gives the connection to somebody without one."""
    try:
        raw.rollback()
        raw.autocommit = True
        with raw.cursor() as cursor:
            cursor.execute(_TAKE_DOWN)
        setattr(raw, _AROUND, None)
    except psycopg.Error:
        # The pool throws away what is closed.
        raw.close()
