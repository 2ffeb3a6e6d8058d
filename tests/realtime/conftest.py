"""The two reference clients, each on a screen that does nothing but what a test tells it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.realtime.clients import Client, NodeClient, PythonClient

pytest.register_assert_rewrite("tests.realtime.machine", "tests.realtime.model")


@pytest.fixture(scope="session")
def node() -> Iterator[NodeClient]:
    """Run one node process for all tests; each of them begins with a client of its own."""
    client = NodeClient.start()
    yield client
    client.stop()


@pytest.fixture(params=["python", "javascript"])
def screen(request: pytest.FixtureRequest) -> Client:
    """Give the one client, then the other."""
    if request.param == "python":
        return PythonClient()
    client: NodeClient = request.getfixturevalue("node")
    return client
