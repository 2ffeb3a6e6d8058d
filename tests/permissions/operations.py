"""The operations of the API as its document tells them, and how one is asked."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse

from tests.core.pictures import encoded, photo
from tests.permissions.world import Person, Thing, World
from village.api import api
from village.core.actor import EVERY_MANDATE, KeyScope, Needs, Scope
from village.core.delegation import TAKES_TWO
from village.core.permissions import Standing, Who
from village.journal.topics import Topic
from village.realtime.access import access

BASE = "/api/v1"
DOCUMENT = api.get_openapi_schema()
_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[\d.:+Z-]*")


@dataclass(frozen=True, slots=True)
class Operation:
    """Hold one operation, and what the table says of it."""

    method: str
    path: str
    who: Who
    scope: Needs
    body: dict[str, Any] | None

    def __str__(self) -> str:
        return f"{self.method} {self.path}"

    @property
    def parameters(self) -> list[str]:
        """Name what its address names, the thing itself last."""
        return re.findall(r"{(\w+)}", self.path)

    @property
    def takes_two(self) -> bool:
        """Tell whether one helper alone may only look at it."""
        return self.method != "GET" and self.scope in TAKES_TWO

    def ask(
        self, world: World, person: Person, thing: Thing | None, names: dict[str, object]
    ) -> HttpResponse:
        """Ask for a thing, or for what is not there; ``names`` goes into the body's example."""
        path = BASE + self.path
        for name in self.parameters:
            is_thing = name == self.parameters[-1]
            value: object = "nowhere" if name == "v" else uuid4()
            if thing is not None:
                value = thing.id if is_thing else thing.path.get(name, thing.village)
            path = path.replace(f"{{{name}}}", str(value))
        village = thing.village if thing is not None else person.home
        send = getattr(world.client(person), self.method.lower())
        if self.body is None:
            answer: HttpResponse = send(path)
            return answer
        media, content = next(iter(self.body["content"].items()))
        if media == "multipart/form-data":
            picture = encoded(photo(8, 8), "PNG")
            answer = send(path, {"file": SimpleUploadedFile("a.png", picture, "image/png")})
        else:
            names = world.named_in_bodies(village or "lindental") | names
            answer = send(path, self._example(world, names, content), content_type=media)
        return answer

    def _example(self, world: World, names: dict[str, object], content: dict[str, Any]) -> Any:
        schema = content["schema"]
        if "$ref" in schema:
            schema = DOCUMENT["components"]["schemas"][schema["$ref"].rsplit("/", 1)[1]]
        example = schema.get("example", {})
        moments = [datetime.fromisoformat(each) for each in _MOMENT.findall(str(example))]
        # An example of last year is told of tomorrow.
        ahead = world.at + timedelta(days=1) - min(moments, default=world.at)
        return _filled(example, names, ahead)


def _filled(value: Any, names: dict[str, object], ahead: timedelta, name: str = "") -> Any:
    if isinstance(value, dict):
        return {key: _filled(each, names, ahead, key) for key, each in value.items()}
    if isinstance(value, list):
        return [_filled(each, names, ahead, name) for each in value]
    if isinstance(value, str) and name in names:
        return str(names[name])
    if isinstance(value, str) and _MOMENT.fullmatch(value):
        return (datetime.fromisoformat(value) + ahead).isoformat()
    return value


def village_topics() -> list[Topic]:
    """Give the topics that clients follow."""
    return [
        topic
        for topic in Topic.declared.values()
        if topic is not access and not topic.path.startswith("bench/")
    ]


def _who(shown: dict[str, Any]) -> Who:
    return Who(
        may=frozenset(map(Standing, shown["may"])),
        seen_by=frozenset(map(Standing, shown.get("seen-by", []))),
        never=frozenset(map(Standing, shown.get("never", []))),
        in_person=frozenset(map(Standing, shown.get("in-person", []))),
        key=KeyScope(shown["key"]) if "key" in shown else None,
    )


def _needs(shown: str | None) -> Needs:
    if shown == EVERY_MANDATE.value:
        return EVERY_MANDATE
    return None if shown is None else Scope(shown)


OPERATIONS = [
    Operation(
        method=method.upper(),
        path=path.removeprefix(BASE),
        who=_who(operation["x-who"]),
        scope=_needs(operation["x-assisted-scope"]),
        body=operation.get("requestBody"),
    )
    for path, operations in DOCUMENT["paths"].items()
    for method, operation in operations.items()
]
