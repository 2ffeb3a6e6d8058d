"""Each benchmark starts, measures everybody and keeps its ratios; its figures mean nothing."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.db import connection

from tests.support.server import ROOT

WITHIN = 240.0


@pytest.mark.slow
@pytest.mark.postgres
@pytest.mark.skipif(connection.vendor != "postgresql", reason="brings up PostgreSQL by itself")
@pytest.mark.parametrize(
    ("name", "ratios"),
    [
        (
            "connect",
            {"cpu_per_connect/village", "with_database/village_cookie", "queries/fast.village"},
        ),
        ("carpool", {"find.p50.200/find_scan", "insert/without_index", "batch.6x12/first_come"}),
        ("journal", {"record.postgresql.hot", "record.sqlite.256", "told.postgresql.256"}),
        (
            "notify",
            {
                "carry/messaging_send",
                "whole/send_each_500",
                "whole/fcm_django",
                "alarm_p99/five_seconds",
            },
        ),
    ],
)
def test_prints_and_keeps_its_ratios(name: str, ratios: set[str], tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", f"benchmarks.{name}"],
        cwd=ROOT,
        env={
            **{key: os.environ[key] for key in ("PATH", "HOME", "LANG") if key in os.environ},
            "QUICK": "1",
            "RESULTS": str(tmp_path),
        },
        capture_output=True,
        text=True,
        timeout=WITHIN,
        check=False,
    )

    assert done.returncode == 0, done.stderr
    assert "NOT EXACT" not in done.stderr
    kept = json.loads((tmp_path / f"{name}.json").read_text())
    assert ratios <= kept["ratios"].keys()
    assert all(ratio > 0 for ratio in kept["ratios"].values())
    assert all(ratio in done.stdout for ratio in kept["ratios"])
    assert (tmp_path / f"{name}.svg").read_text().startswith("<svg")
