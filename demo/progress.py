"""Saying how far a command has come: a bar on a terminal, lines elsewhere."""

from __future__ import annotations

from django.core.management.base import OutputWrapper

WIDTH = 24


class Progress:
    """Tell a person what is being done: on a terminal as one bar that moves, nowhere in silence."""

    def __init__(self, out: OutputWrapper | None) -> None:
        self.out = out
        self.done = 0

    def step(self, words: str, total: int) -> None:
        """Say which of ``total`` steps begins now."""
        if self.out is not None and self.out.isatty():
            filled = WIDTH * self.done // total
            self._draw(self.out, f"  [{'#' * filled}{'.' * (WIDTH - filled)}] {words}")
        elif self.out is not None:
            self.out.write(f"  {words}")
        self.done += 1

    def end(self, words: str) -> None:
        """Say that all is done."""
        if self.out is not None:
            if self.out.isatty():
                self._draw(self.out, "")
            self.out.write(words)

    def _draw(self, out: OutputWrapper, line: str) -> None:
        out.write(f"\r\x1b[K{line}", ending="")
        out.flush()
