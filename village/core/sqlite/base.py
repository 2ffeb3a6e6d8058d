"""
SQLite with one fair queue of writers.

SQLite's busy handler lets a writer starve for seconds while others commit thousands of times;
a file lock in front of BEGIN IMMEDIATE queues them, and the kernel drops it when a process dies.
"""

from __future__ import annotations

import fcntl
import os
from pathlib import Path
from typing import Any

from django.db.backends.sqlite3 import base


class DatabaseWrapper(base.DatabaseWrapper):
    """Hold the writers' lock from BEGIN IMMEDIATE to the end of the transaction."""

    _lock: int | None = None

    def _start_transaction_under_autocommit(self) -> None:
        self._take_turn()
        try:
            super()._start_transaction_under_autocommit()  # type: ignore[misc]
        except BaseException:
            self._leave_turn()
            raise

    def _commit(self) -> Any:
        # A failed COMMIT leaves the transaction open: its ROLLBACK gives the turn back.
        result = super()._commit()  # type: ignore[misc]
        self._leave_turn()
        return result

    def _rollback(self) -> Any:
        try:
            return super()._rollback()  # type: ignore[misc]
        finally:
            self._leave_turn()

    def _close(self) -> Any:
        try:
            return super()._close()  # type: ignore[misc]
        finally:
            self._leave_turn()

    def _take_turn(self) -> None:
        name = str(self.settings_dict["NAME"])
        if self._lock is not None or self.is_in_memory_db():
            return
        path = Path(name).with_name(Path(name).name + ".writers")
        lock = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX)
        except BaseException:
            os.close(lock)
            raise
        self._lock = lock

    def _leave_turn(self) -> None:
        if self._lock is not None:
            lock, self._lock = self._lock, None
            # A process forked meanwhile has the file open as well: closing ours is not enough.
            fcntl.flock(lock, fcntl.LOCK_UN)
            os.close(lock)
