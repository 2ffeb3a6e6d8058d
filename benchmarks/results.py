"""What a benchmark leaves: a file for machines, a table for people, a picture."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from typing import Any

from benchmarks import chart, machine

FOLDER = Path(__file__).with_name("results")


def rounds() -> int:
    """Give how often everything is measured (ROUNDS=)."""
    return int(os.environ.get("ROUNDS", "1" if is_quick() else "3"))


def is_quick() -> bool:
    """Tell whether only the benchmark itself is tried (QUICK=1): its figures mean nothing."""
    return os.environ.get("QUICK") == "1"


def middle(numbers: Sequence[float]) -> float:
    """Give the median of what was measured in the rounds."""
    return median(numbers)


def save(
    name: str, *, rounds: int, ratios: Mapping[str, float], figures: Mapping[str, Any], about: str
) -> None:
    """Write a benchmark's file and its picture; ratios are times better than the peer."""
    folder = Path(os.environ.get("RESULTS", FOLDER))
    folder.mkdir(parents=True, exist_ok=True)
    rounded = {key: _three_digits(value) for key, value in ratios.items()}
    result = {
        "name": name,
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "machine": machine.describe(),
        "rounds": rounds,
        "ratios": rounded,
        "figures": figures,
    }
    (folder / f"{name}.json").write_text(json.dumps(result, indent=1) + "\n")
    (folder / f"{name}.svg").write_text(chart.bars(about, rounded))


def table(head: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    """Lay out a table; words to the left, numbers to the right."""
    lines = [head, *([_cell(each) for each in row] for row in rows)]
    widths = [max(len(line[column]) for line in lines) for column in range(len(head))]
    return "\n".join(
        "  ".join(
            each.ljust(width) if column == 0 else each.rjust(width)
            for column, (each, width) in enumerate(zip(line, widths, strict=True))
        )
        for line in lines
    )


def _cell(value: object) -> str:
    return f"{_three_digits(value):g}" if isinstance(value, float) else str(value)


def _three_digits(value: float) -> float:
    return float(f"{value:.3g}") if abs(value) < 1000 else round(value)
