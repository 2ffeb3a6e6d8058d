"""What the documents tell a person to type works exactly as it is printed."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.support.server import VillageServer

ROOT = Path(__file__).resolve().parent.parent
pytestmark = pytest.mark.embedded


def block(document: str, language: str) -> str:
    """Give the first code block of a language."""
    found = re.search(rf"^```{language}\n(.*?)^```", (ROOT / document).read_text(), re.S | re.M)
    assert found is not None
    return found[1]


@pytest.fixture(scope="module")
def server() -> Iterator[VillageServer]:
    with VillageServer() as running:
        yield running


def test_the_tour_of_the_readme(server: VillageServer) -> None:
    toured = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", block("README.md", "bash")],
        cwd=ROOT,
        env=server.environment | {"VILLAGE": server.url},
        capture_output=True,
        text=True,
        timeout=90,
        check=False,
    )
    assert toured.returncode == 0, toured.stderr
    assert '"display_name":"Nora' in toured.stdout
    assert '"position":{"epoch"' in toured.stdout
    # The socket printed what mia posted, perhaps before the line of her own answer had ended.
    frames = re.findall(r'\{"type":"event".*', toured.stdout)
    assert [json.loads(each)["data"]["title"] for each in frames] == ["The bakery opens on Sundays"]


def test_the_whole_client_of_the_guide(server: VillageServer, tmp_path: Path) -> None:
    program = tmp_path / "client.py"
    program.write_text(block("docs/realtime.md", "python"))
    topic = "villages/lindental/events"
    with subprocess.Popen(
        [sys.executable, program, server.url, server.token("nora"), topic, "1"],
        stdout=subprocess.PIPE,
        text=True,
    ) as client:
        assert client.stdout is not None
        assert client.stdout.readline() == "following\n"
        announced = httpx.post(
            f"{server.url}/api/v1/villages/lindental/events",
            headers={"X-Session-Token": server.token("tom")},
            json={
                "title": "Walk to the mill",
                "text": "Good shoes.",
                "begins_at": "2027-05-01T09:00:00+02:00",
                "ends_at": "2027-05-01T12:00:00+02:00",
                "place": {"name": "Village green", "lat": 50.015, "lng": 11.508},
                "capacity": None,
                "publish": True,
            },
            timeout=20,
        )
        assert announced.status_code == 201, announced.text
        kind, shown = client.stdout.readline().split()
        assert kind.startswith("events.")
        assert shown == announced.json()["id"]
        assert client.wait(10) == 0
