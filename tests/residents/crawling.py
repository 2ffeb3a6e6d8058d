"""
Whoever wants to learn who lives here: she asks whatever answers her, again and again.

She knows the addresses of the API's document, of the topics and of every link of a page. Into
them go all ids that she has come across, wherever the same kind of thing is named.
"""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import product
from typing import Any
from urllib.parse import urljoin, urlsplit

from django.test import Client

from tests.permissions.operations import BASE, OPERATIONS, Operation, village_topics
from village.core.actor import Actor
from village.journal.queries import frames_after
from village.journal.topics import Topic, admitted, find

VILLAGES = ["lindental", "bergheim"]
ID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
LINK = re.compile(r'(?:href|data-src|hx-get)="([^"#]+)')
# So many things of a kind are looked at, and so many pages.
OF_A_KIND = 3
PAGES = 60
READS = [each for each in OPERATIONS if each.method == "GET"]


@dataclass
class Crawler:
    """Gather all that somebody can read: ``seen`` is the text of every answer."""

    client: Client
    actor: Actor | None
    guesses: list[str]
    seen: list[str] = field(default_factory=list)
    known: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    asked: set[str] = field(default_factory=set)

    def crawl(self) -> str:
        """Read everything, twice: what was learned first leads to more."""
        for _round in range(2):
            for operation in READS:
                for path in list(self._addresses(operation.path)):
                    self._read(operation, BASE + path)
            for topic in village_topics():
                for address in list(self._addresses(topic.path)):
                    self._follow(topic, address)
        self._walk()
        return "\n".join(self.seen)

    def _addresses(self, path: str) -> Iterator[str]:
        names = re.findall(r"{(\w+)}", path)
        for values in product(*(self._candidates(name) for name in names)):
            yield path.format(**dict(zip(names, values, strict=True)))

    def _candidates(self, name: str) -> list[str]:
        if name in ("v", "village"):
            return VILLAGES
        return [*self.known[_kind(name)][:OF_A_KIND], *self.guesses]

    def _read(self, operation: Operation, address: str) -> None:
        after: str | None = ""
        while after is not None:
            page = f"{address}?after={after}" if after else address
            if page in self.asked:
                return
            self.asked.add(page)
            answer = self.client.get(page)
            assert answer.status_code < 500, page
            if answer.streaming:
                list(answer.streaming_content)
                return
            self.seen.append(f"{answer.content.decode(errors='replace')} {answer.headers}")
            if answer.get("Content-Type") != "application/json":
                return
            shown = answer.json()
            self._learn(shown, _kind(_last_word(operation.path)))
            after = shown.get("next") if isinstance(shown, dict) else None

    def _learn(self, shown: Any, kind: str) -> None:
        """Remember ids by what they are of: their key, or for ``id`` the address they are from."""
        if isinstance(shown, list):
            for each in shown:
                self._learn(each, kind)
        elif isinstance(shown, dict):
            for key, value in shown.items():
                of = kind if key == "id" else _kind(key)
                if isinstance(value, str) and ID.fullmatch(value) and value not in self.known[of]:
                    self.known[of].append(value)
                else:
                    self._learn(value, of)

    def _follow(self, topic: Topic, address: str) -> None:
        if self.actor is None or address in self.asked:
            return
        self.asked.add(address)
        followed = find(address)
        if followed is None or self.actor not in admitted([self.actor], followed):
            return
        frames = frames_after(topic, address, 0, limit=500)
        shown = [each.data for each in frames if each.scope is None or self.actor.may(each.scope)]
        self.seen.append(json.dumps(shown))
        self._learn(shown, _kind(_last_word(topic.path)))

    def _walk(self) -> None:
        """Go wherever links lead, also to feeds and calendars."""
        waiting, met = ["/"], {"/"}
        for address in waiting:
            answer = self.client.get(address, follow=False)
            assert answer.status_code < 500, address
            if answer.streaming:
                list(answer.streaming_content)
                continue
            text = answer.content.decode(errors="replace")
            self.seen.append(text)
            onward = LINK.findall(text)
            if answer.status_code in (301, 302):
                onward.append(answer["Location"])
            for target in onward:
                parts = urlsplit(urljoin(f"http://testserver{address}", target))
                path = parts.path + (f"?{parts.query}" if parts.query else "")
                if parts.netloc == "testserver" and path not in met and len(met) < PAGES:
                    met.add(path)
                    waiting.append(path)


def _kind(name: str) -> str:
    """Name the kind of thing behind a parameter, a key or a word of an address."""
    return name.removesuffix("_id").removesuffix("s").replace("-", "_")


def _last_word(path: str) -> str:
    return next(word for word in reversed(path.split("/")) if word and "{" not in word)
