"""The village does not start half configured."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
BARE = {
    "PATH": os.environ["PATH"],
    "DJANGO_SETTINGS_MODULE": "village.settings",
    # Set, if to nothing, so that no file .env of the checkout speaks here.
    "SECRET_KEY": "",
    "ALLOWED_HOSTS": "",
    "DEBUG": "false",
    "VILLAGE_DEMO": "false",
    "DATABASE_URL": "",
    "REDIS_URL": "",
}


def check(tmp_path: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "manage.py", "check"],
        cwd=ROOT,
        env=BARE | {"VAR_DIR": str(tmp_path)} | environment,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize(
    ("environment", "words"),
    [
        ({}, "SECRET_KEY"),
        ({"SECRET_KEY": "long and random"}, "ALLOWED_HOSTS"),
    ],
)
def test_refuses_to_start_and_says_what_is_missing(
    tmp_path: Path, environment: dict[str, str], words: str
) -> None:
    started = check(tmp_path, **environment)

    assert started.returncode != 0
    assert words in started.stderr.splitlines()[-1]


def test_starts_with_a_key_and_hosts(tmp_path: Path) -> None:
    started = check(
        tmp_path,
        SECRET_KEY="long and random",
        ALLOWED_HOSTS="village.example",
        DATABASE_URL=f"sqlite:///{tmp_path / 'village.sqlite3'}",
    )
    assert started.returncode == 0, started.stderr
