"""Looking at processes from outside, and waiting for what they do."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

import httpx

from tests.support.server import VillageServer


def family(pid: int) -> set[int]:
    """Give the ids of a process and of everything it has started."""
    found = {pid}
    for children in Path(f"/proc/{pid}/task").glob("*/children"):
        for child in children.read_text().split():
            found |= family(int(child))
    return found


def lives(pid: int) -> bool:
    """Tell whether a process runs; one that only waits to be buried does not."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state not in "ZX"


def wait_for(condition: Callable[[], bool], within: float = 60.0) -> None:
    """Wait for something that another process does."""
    latest = time.monotonic() + within
    while not condition():
        assert time.monotonic() < latest, "it did not happen in time"
        time.sleep(0.01)


def outlet(server: VillageServer) -> str:
    """Give the id of the paper that Mia edits."""
    headers = {"X-Session-Token": server.token("mia")}
    outlets = httpx.get(f"{server.url}/api/v1/villages/lindental/outlets", headers=headers).json()
    found = [each["id"] for each in outlets["items"] if each["name"] == "Lindentaler Bote"]
    return str(found[0])
