"""Finding programs, and asking Debian for the missing ones."""

from __future__ import annotations

from pathlib import Path

import pytest

from tools import packages
from tools.packages import Program, Unavailable, find, install, provide

# What a Debian would see while it installs, instead of what it would do.
APT_GET = """#!/bin/sh
case " $* " in
    *" update "*) exit 100 ;;
    *" impossible "*) exit 100 ;;
esac
cat "{restraint}" > "{seen}"
"""


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A machine with nothing on it but a shell, `cat`, and a `postgres` in two versions."""
    for name in ("sh", "cat"):
        program(tmp_path / "bin" / name).symlink_to(f"/bin/{name}")
    for version in (9, 15):
        program(tmp_path / f"postgresql-{version}/postgres").touch(mode=0o755)
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    monkeypatch.setattr(packages, "POSTGRES_FOLDERS", [f"{tmp_path}/postgresql-*".lstrip("/")])
    monkeypatch.setattr(packages, "RESTRAINTS", [(tmp_path / "etc/restraint", "hold still", 0o755)])
    return tmp_path


@pytest.fixture
def debian(machine: Path) -> Path:
    script = machine / "bin" / "apt-get"
    script.write_text(APT_GET.format(restraint=machine / "etc/restraint", seen=machine / "seen"))
    script.chmod(0o755)
    return machine


def program(path: Path) -> Path:
    path.parent.mkdir(exist_ok=True)
    return path


class TestFind:
    def test_takes_the_newest_postgres(self, machine: Path) -> None:
        assert find("postgres") == machine / "postgresql-15" / "postgres"

    def test_takes_the_first_name_that_is_there(self, machine: Path) -> None:
        assert find("redis-server", "cat") == machine / "bin" / "cat"

    @pytest.mark.usefixtures("machine")
    def test_finds_nothing_where_nothing_is(self) -> None:
        assert find("redis-server") is None


class TestProvide:
    def test_names_all_that_is_missing_at_once(self, machine: Path) -> None:
        with pytest.raises(Unavailable, match=r"redis-server and chromium.*install a b c"):
            provide(
                Program(["redis-server"], ["a"]),
                Program(["cat"], ["coreutils"]),
                Program(["chromium"], ["b", "c"]),
            )


class TestInstall:
    def test_restrains_debian_only_meanwhile(self, debian: Path) -> None:
        install(["redis-server"])

        assert (debian / "seen").read_text() == "hold still"
        assert not (debian / "etc/restraint").exists()

    def test_leaves_the_restraints_of_others_alone(self, debian: Path) -> None:
        theirs = program(debian / "etc/restraint")
        theirs.write_text("not ours")

        install(["redis-server"])

        assert theirs.read_text() == "not ours"

    def test_says_when_debian_cannot(self, debian: Path) -> None:
        with pytest.raises(Unavailable, match="could not install impossible"):
            install(["impossible"])

        assert not (debian / "etc/restraint").exists()
