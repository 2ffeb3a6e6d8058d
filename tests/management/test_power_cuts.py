"""Killing a village in the middle of its work, again and again."""

from __future__ import annotations

import itertools
import threading
from collections import Counter
from datetime import UTC, datetime, timedelta

import httpx
import pytest

from tests.management.processes import outlet, wait_for
from tests.support.server import VillageServer


class Neighbour(threading.Thread):
    """Post one thing after the other, as fast as the village takes them, until told to end."""

    def __init__(self, server: VillageServer, name: str, kind: str, **said: object) -> None:
        super().__init__(daemon=True)
        self.server, self.kind, self.said = server, kind, said
        self.token = server.token(name)
        self.acknowledged: list[str] = []
        self.is_done = threading.Event()

    def run(self) -> None:
        """Say each thing until it is acknowledged, with the same key: an app does the same."""
        with httpx.Client(base_url=self.server.url, timeout=10) as client:
            for number in itertools.count():
                title = f"{self.kind} {number}"
                while not self._post(client, title):
                    if self.is_done.wait(0.02):
                        return
                self.acknowledged.append(title)

    def _post(self, client: httpx.Client, title: str) -> bool:
        if self.is_done.is_set():
            return False
        try:
            answer = client.post(
                f"/api/v1/villages/lindental/{self.kind}",
                json={"title": title, "text": "Kommt vorbei!", "publish": True, **self.said},
                headers={"X-Session-Token": self.token, "Idempotency-Key": title},
            )
        except httpx.TransportError:
            return False
        assert answer.status_code == 201, answer.text
        return True


@pytest.mark.embedded
@pytest.mark.slow
class TestPowerCuts:
    def test_lose_nothing_that_was_acknowledged(self, doomed: VillageServer) -> None:
        begins_at = datetime.now(UTC) + timedelta(days=10)
        event = {
            "begins_at": begins_at.isoformat(),
            "ends_at": (begins_at + timedelta(hours=2)).isoformat(),
            "place": {"name": "Alte Schule", "lat": 50.015, "lng": 11.508},
        }
        neighbours = [
            Neighbour(doomed, "tom", "events", **event),
            Neighbour(doomed, "mia", "articles", outlet=outlet(doomed)),
        ]
        for neighbour in neighbours:
            neighbour.start()
        for _ in range(5):
            goals = [len(neighbour.acknowledged) + 10 for neighbour in neighbours]
            wait_for(
                lambda goals=goals: all(
                    len(neighbour.acknowledged) >= goal
                    for neighbour, goal in zip(neighbours, goals, strict=True)
                )
            )
            doomed.restart(kill=True)
        for neighbour in neighbours:
            neighbour.is_done.set()
            neighbour.join()

        for neighbour in neighbours:
            shown = Counter(titles(doomed, neighbour.kind, neighbour.token))
            assert len(neighbour.acknowledged) >= 50
            assert {title: shown[title] for title in neighbour.acknowledged} == dict.fromkeys(
                neighbour.acknowledged, 1
            )


def titles(server: VillageServer, kind: str, token: str) -> list[str]:
    """Give the titles of everything of a kind that the village shows."""
    found: list[str] = []
    query = {"limit": "100"}
    with httpx.Client(base_url=server.url, headers={"X-Session-Token": token}) as client:
        while True:
            page = client.get(f"/api/v1/villages/lindental/{kind}", params=query).json()
            found += [each["title"] for each in page["items"]]
            if page["next"] is None:
                return found
            query["after"] = page["next"]
