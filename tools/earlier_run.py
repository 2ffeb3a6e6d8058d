"""Say at the end of a pytest run that the run before it failed, lest a green end hide it."""

from __future__ import annotations

import os

import pytest


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Add one red line above the summary when the earlier run was not green."""
    if (status := os.environ["EARLIER_RUN_STATUS"]) != "0":
        terminalreporter.write_line(
            f"The earlier run, on SQLite, failed with status {status}: see above.", red=True
        )
