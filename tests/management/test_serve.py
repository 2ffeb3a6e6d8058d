"""The one command that brings a village to life, as a real process."""

from __future__ import annotations

from collections.abc import Iterator

import httpx
import pytest

from tests.support.server import VillageServer


@pytest.fixture(scope="module")
def server() -> Iterator[VillageServer]:
    """Serve one village for the tests that do not end it."""
    with VillageServer(METRICS_TOKEN="for-the-operator") as running:
        yield running


class TestServing:
    def test_says_where_it_is_and_who_can_sign_in(self, server: VillageServer) -> None:
        said = server.log_text()

        assert f"The village is at {server.url}" in said
        assert all(name in said for name in ("edda", "vera", "tom", "strang"))

    def test_is_ready_in_all_its_parts(self, server: VillageServer) -> None:
        answer = httpx.get(f"{server.url}/readyz")

        assert answer.status_code == 200
        states = {name: part["state"] for name, part in answer.json()["parts"].items()}
        assert states == {
            "database": "answers",
            "migrations": "applied",
            "hub": "idle",
            "jobs": "running",
        }

    def test_knows_who_comes_with_a_token(self, server: VillageServer) -> None:
        me = httpx.get(
            f"{server.url}/api/v1/me", headers={"X-Session-Token": server.token("tom")}
        ).json()

        assert me["display_name"] == "Tom Ackermann"
        assert me["memberships"] == [{"village": "lindental", "roles": ["resident"]}]
