"""`make test`: two runs, and a red one is not hidden by a green one."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tools import suite
from tools.packages import find

pytestmark = pytest.mark.once
ROOT = Path(suite.__file__).parent.parent
MISSING = not (find("postgres") and find("redis-server", "valkey-server"))
BARE = ("-c", os.devnull, "--rootdir")


def run_suite(folder: Path, **variables: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "tools.suite", *BARE, str(folder), str(folder)],
        cwd=ROOT,
        env={**os.environ, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1", **variables},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )


def write_test(folder: Path, body: str) -> None:
    (folder / "test_ground.py").write_text(f"import os\n\ndef test_ground():\n    {body}\n")


@pytest.mark.skipif(MISSING, reason="needs PostgreSQL and Redis")
class TestBothRuns:
    def test_is_green_when_both_are(self, tmp_path: Path) -> None:
        write_test(tmp_path, "assert os.environ.get('DATABASE_URL') != 'postgres://elsewhere'")

        done = run_suite(tmp_path, DATABASE_URL="postgres://elsewhere")

        assert done.returncode == 0
        assert done.stdout.count("1 passed") == 2
        assert "failed" not in done.stdout

    @pytest.mark.parametrize("ground", ["in", "not in"])
    def test_is_red_when_one_is(self, tmp_path: Path, ground: str) -> None:
        write_test(tmp_path, f"assert 'DATABASE_URL' {ground} os.environ")

        done = run_suite(tmp_path)

        assert done.returncode == 1
        assert "1 passed" in done.stdout
        assert "1 failed" in done.stdout.splitlines()[-1]

    def test_is_red_when_both_are(self, tmp_path: Path) -> None:
        write_test(tmp_path, "assert False")

        done = run_suite(tmp_path)

        assert done.returncode == 1
        assert done.stdout.count("1 failed") == 4
        assert "on PostgreSQL and Redis failed too" in done.stdout


class TestWhatFails:
    @pytest.fixture
    def run(self, tmp_path: Path) -> Callable[[str], subprocess.CompletedProcess[str]]:
        def run(body: str) -> subprocess.CompletedProcess[str]:
            write_test(tmp_path, body)
            return run_suite(tmp_path, PATH=str(tmp_path / "nothing"), CI="")

        return run

    def test_is_tried_once_more(
        self, run: Callable[[str], subprocess.CompletedProcess[str]]
    ) -> None:
        done = run("f = __file__ + '.tried'; was = os.path.exists(f); open(f, 'w'); assert was")

        assert done.returncode == 0
        assert "tried once more" in done.stdout

    def test_twice_has_failed(self, run: Callable[[str], subprocess.CompletedProcess[str]]) -> None:
        done = run("assert False")

        assert done.returncode == 1
        assert done.stdout.count("1 failed") == 2


class TestWithoutServices:
    @pytest.fixture
    def bare(self, tmp_path: Path) -> str:
        return str(tmp_path / "nothing")

    def test_tests_on_sqlite_and_says_what_it_skips(self, tmp_path: Path, bare: str) -> None:
        write_test(tmp_path, "pass")

        done = run_suite(tmp_path, PATH=bare, CI="")

        assert done.returncode == 0
        assert "SKIPPED: the run on PostgreSQL and Redis" in done.stdout
        assert done.stdout.count("1 passed") == 1

    def test_refuses_half_the_tests_in_ci(self, tmp_path: Path, bare: str) -> None:
        write_test(tmp_path, "pass")

        done = run_suite(tmp_path, PATH=bare, CI="true")

        assert done.returncode == 69
        assert "passed" not in done.stdout
