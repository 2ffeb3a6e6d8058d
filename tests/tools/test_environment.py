"""The settings that `make run` writes where there are none."""

from __future__ import annotations

import stat
from pathlib import Path

from tools import environment


class TestWrite:
    def test_makes_a_demo_with_a_secret_that_nobody_else_has(self, tmp_path: Path) -> None:
        secrets = set()
        for name in ("one", "another"):
            assert environment.write(tmp_path / name)
            settings = _read(tmp_path / name)
            assert settings["VILLAGE_DEMO"] == "true"
            assert settings["ALLOWED_HOSTS"] == "127.0.0.1,localhost"
            secrets.add(settings["SECRET_KEY"])

        assert len(secrets) == 2
        assert all(len(secret) >= 50 for secret in secrets)

    def test_leaves_what_is_there_as_it_is(self, tmp_path: Path) -> None:
        path = tmp_path / ".env"
        path.write_text("SECRET_KEY=mine\n")

        assert not environment.write(path)
        assert path.read_text() == "SECRET_KEY=mine\n"

    def test_is_for_its_owner_only(self, tmp_path: Path) -> None:
        environment.write(tmp_path / ".env")

        assert stat.S_IMODE((tmp_path / ".env").stat().st_mode) == 0o600


def _read(path: Path) -> dict[str, str]:
    lines = path.read_text().splitlines()
    return dict(line.split("=", 1) for line in lines if not line.startswith("#"))
