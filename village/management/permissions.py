"""The permission table as people read it, written from what the code declares."""

from __future__ import annotations

from typing import Any

from village.journal.topics import Topic
from village.realtime.access import access

_INTRODUCTION = """# Who may do what

Written by `manage.py snapshots` from what every operation and every topic declares (`who=`). Do
not edit it: `make check` compares it with the code, and `tests/permissions` tries every line of it
as everybody, on things of one's own, of the same village, of another, private and absent ones.

**How to read it.** *May* names who gets what she asks for. *Is told why not* sees the thing and
gets a 403 in kind words. To everybody else it looks absent: 404, the same for what is deleted,
foreign and hidden. Whoever is not signed in gets a 401. *In somebody's name* is the scope that a
mandate must cover; without it an operation is never done for somebody else. *key* is what an API
key of the outlet or department must be good for; without it no machine ever may.

| word | means |
|---|---|
| anyone | also without signing in |
| signed in | every resident of every village |
| member | lives in the village of the thing, and the thing is not private (a draft is) |
| neighbour | lives in a village that shows this of the thing's, as both agreed; she only reads |
| owner | it is hers |
| partner | is the other side of it, such as the driver of a booking |
| volunteer, editor, clerk, coordinator | holds the role of the very centre, outlet or department |
| moderator, steward | holds the role in the village of the thing |

All but the first two and the neighbour presume that she lives in the village now. A role counts in
its own village alone, and never for a helper who acts for somebody else.
"""


def table(openapi: dict[str, Any]) -> str:
    """Give docs/permissions.md for an OpenAPI document and the declared topics."""
    rooms: dict[str, list[str]] = {}
    for path, operations in openapi["paths"].items():
        for method, operation in operations.items():
            rooms.setdefault(operation["tags"][0], []).append(
                _line(f"{method.upper()} {path}", operation)
            )
    parts = [_INTRODUCTION]
    for room, lines in sorted(rooms.items()):
        parts.append(_section(room.capitalize(), "operation", lines))
    topics = [
        _line(topic.path, {"x-who": topic.who.shown(), "x-assisted-scope": _scope(topic)})
        for topic in Topic.declared.values()
        if topic is not access
    ]
    parts.append(_section("Live channels", "topic", topics))
    return "\n".join(parts)


def _section(title: str, what: str, lines: list[str]) -> str:
    head = f"| {what} | may | is told why not | in somebody's name |\n|---|---|---|---|"
    return "\n".join([f"## {title}\n", head, *sorted(lines), ""])


def _line(name: str, declared: dict[str, Any]) -> str:
    who = declared["x-who"]
    may, told = ", ".join(who["may"]), ", ".join(who.get("seen-by", []))
    if never := ", ".join(who.get("never", [])):
        may, told = f"{may}, but never {never}", f"{told}, {never}".removeprefix(", ")
    if in_person := ", ".join(who.get("in-person", [])):
        may = f"{may} (as {in_person} in person)"
    if key := who.get("key"):
        may = f"{may}; key {key}"
    if note := who.get("note"):
        may = f"{may} ({note})"
    return f"| `{name}` | {may} | {told} | {declared['x-assisted-scope'] or '-'} |"


def _scope(topic: Topic) -> str | None:
    return topic.scope.value if topic.scope is not None else None
