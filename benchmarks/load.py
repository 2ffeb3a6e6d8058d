"""The phones: a small C program that follows topics and checks what it is sent."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from benchmarks.machine import OTHER_CORE, on_core
from tools.leash import leashed
from tools.packages import Unavailable

ROOT = Path(__file__).resolve().parent.parent
VAR = ROOT / "var" / "bench"
SOURCE = Path(__file__).with_name("load.c")


@dataclass(frozen=True, slots=True)
class Phone:
    """Say what one client does; ``last`` is the newest number it has, ``missed`` what follows."""

    topic: int
    path: str
    header: str = ""
    first: str = ""
    second: str = ""
    subprotocol: str = ""
    last: int | None = None
    missed: int = 0

    def line(self) -> str:
        """Write it as a line of the plan."""
        fields = (self.topic, self.path, self.header, self.first, self.second, self.subprotocol)
        return "\t".join(
            [*(str(each) or "-" for each in fields), str(self.last or 0), str(self.missed)]
            if self.last is not None
            else [*(str(each) or "-" for each in fields), "-", "0"]
        )


def build() -> Path:
    """
    Compile the program, unless it is as new as its source.

    :raises Unavailable: if there is no compiler
    """
    program = VAR / "load"
    if program.exists() and program.stat().st_mtime >= SOURCE.stat().st_mtime:
        return program
    compiler = shutil.which("cc") or shutil.which("gcc") or shutil.which("clang")
    if compiler is None:
        raise Unavailable("The load client is C: a compiler is needed (`apt-get install gcc`).")
    VAR.mkdir(parents=True, exist_ok=True)
    subprocess.run([compiler, "-O2", "-Wall", "-o", program, SOURCE], check=True)
    return program


class Load:
    """Run phones against a server; a publisher reads from the pipe which events they ask for."""

    def __init__(self, phones: Iterable[Phone], port: int, speech: str) -> None:
        """``speech`` is village (which acknowledges), plain or mqtt."""
        plan = VAR / f"plan-{port}"
        plan.write_text("".join(phone.line() + "\n" for phone in phones))
        self._plan = plan
        self.asked, asks = os.pipe()
        with on_core(OTHER_CORE):
            self._process = subprocess.Popen(
                leashed([str(build()), str(port), str(plan), speech, str(asks)]),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                text=True,
                bufsize=1,
                pass_fds=[asks],
            )
        os.close(asks)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._process.kill()
        self._process.wait()
        for pipe in (self._process.stdin, self._process.stdout):
            assert pipe is not None
            with suppress(BrokenPipeError):
                pipe.close()
        os.close(self.asked)
        self._plan.unlink()

    def connect(self, count: int, *, rate: float, within: float) -> dict[str, Any]:
        """Connect the next phones, so many a second (0: all at once); wait until all follow."""
        return self._tell(f"connect {count} {rate} {within}")

    def run(self, events: int, *, flight: int, topics: int, within: float) -> dict[str, Any]:
        """Ask for events, so many at a time, and wait until everybody has them."""
        return self._tell(f"run {events} {flight} {topics} {within}")

    def _tell(self, command: str) -> dict[str, Any]:
        assert self._process.stdin is not None and self._process.stdout is not None
        self._process.stdin.write(command + "\n")
        self._process.stdin.flush()
        answer = self._process.stdout.readline()
        if not answer:
            raise RuntimeError(f"the load client ended at: {command}")
        told: dict[str, Any] = json.loads(answer)
        return told
