"""Saying how far a command has come: a bar on a terminal, lines elsewhere."""

from __future__ import annotations

from django.core.management.base import OutputWrapper

WIDTH = 24


class Progress:
    """Tell a person what is being done; on a terminal, as one bar that moves."""

    def __init__(self, out: OutputWrapper) -> None:
        self.out = out
        self.is_terminal = out.isatty()
        self.done = 0

    def step(self, words: str, total: int) -> None:
        """Say which of ``total`` steps begins now."""
        if self.is_terminal:
            filled = WIDTH * self.done // total
            self._redraw(f"  [{'#' * filled}{'.' * (WIDTH - filled)}] {words}")
        else:
            self.out.write(f"  {words}")
        self.done += 1

    def end(self, words: str) -> None:
        """Say that all is done."""
        if self.is_terminal:
            self._redraw("")
        self.out.write(words)

    def _redraw(self, line: str) -> None:
        self.out.write(f"\r\x1b[K{line}", ending="")
        self.out.flush()
