"""What is kept of people and for how long, as people read it, written from what rooms declare."""

from __future__ import annotations

from village.journal.holdings import Holding, retentions, traces

_INTRODUCTION = """# What is kept, and for how long

Written by `manage.py snapshots` from the `holdings.py` of every room. Do not edit it: `make check`
compares it with the code. Each resident gets her part of it as one file (`POST /me/export`), and
`DELETE /me` erases it.

## What is kept of a person

| what | how long, and what erasing does |
|---|---|
"""
_COPIES = """
## Copies that erasing finds

| where | what becomes of it |
|---|---|
"""
_NIGHTLY = """
## What goes by itself, every night

| what | after days | why then |
|---|---|---|
"""
_REST = """
Besides: the frames of a stream can be resumed for seven days, kept answers live 72 hours, and what
happened (the journal) stays as ids that say nothing about anybody who was erased.
"""


def table() -> str:
    """Give docs/retention.md for what the rooms have declared."""
    holdings = sorted(Holding.declared.values(), key=lambda each: each.key)
    return "".join(
        [
            _INTRODUCTION,
            *(f"| `{each.key}` | {each.kept} |\n" for each in holdings),
            _COPIES,
            *(f"| `{key}` | {trace.kept} |\n" for key, trace in sorted(traces.items())),
            _NIGHTLY,
            *(
                f"| `{key}` | {retention.days} | {retention.why} |\n"
                for key, retention in sorted(retentions.items())
            ),
            _REST,
        ]
    )
