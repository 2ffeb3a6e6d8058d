"""Find programs on this machine, and ask Debian for those that are missing."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import NamedTuple

# Where PostgreSQL keeps its server programs, which are not on PATH, in these folders of /.
POSTGRES_FOLDERS = "usr/lib/postgresql/*/bin", "usr/pgsql-*/bin"
CANNOT = 69  # EX_UNAVAILABLE of sysexits.h: something this machine does not have

# Debian starts what it installs, and gives PostgreSQL a cluster. These two files, present only
# while we install, ask it not to: https://people.debian.org/~hmh/invokerc.d-policyrc.d-specification.txt
# and pg_createcluster(1).
RESTRAINTS = (
    (Path("/usr/sbin/policy-rc.d"), "#!/bin/sh\nexit 101\n", 0o755),
    (
        Path("/etc/postgresql-common/createcluster.d/village-tools.conf"),
        "create_main_cluster = off\n",
        0o644,
    ),
)


class Unavailable(Exception):
    """A program that is neither on this machine nor could be installed."""


class Program(NamedTuple):
    """A program by its possible names, and the Debian packages that bring the first of them."""

    names: Sequence[str]
    packages: Sequence[str]


def say(line: str) -> None:
    """Tell the person at the terminal, without mixing with the output of a command."""
    print(line, file=sys.stderr, flush=True)


def find(*names: str) -> Path | None:
    """
    Find the first of the programs that is on this machine.

    Looks on PATH, then where PostgreSQL keeps its own, newest version first.
    """
    for name in names:
        if on_path := shutil.which(name):
            return Path(on_path)
        aside = [
            found for folder in POSTGRES_FOLDERS for found in Path("/").glob(f"{folder}/{name}")
        ]
        if aside:
            return max(aside, key=_version)
    return None


def provide(*wanted: Program) -> list[Path]:
    """
    Find programs, and install the packages of those that are missing.

    :raises Unavailable: if one is missing and this machine does not let us install it
    """
    missing = [program for program in wanted if not find(*program.names)]
    if missing:
        names = " and ".join(program.names[0] for program in missing)
        packages = [package for program in missing for package in program.packages]
        if os.geteuid() != 0 or not shutil.which("apt-get"):
            raise Unavailable(
                f"Missing on this machine: {names}. On Debian and Ubuntu "
                f"`apt-get install {' '.join(packages)}` brings it, which we do ourselves as root."
            )
        install(packages)
    return [_found(program) for program in wanted]


def install(packages: Sequence[str]) -> None:
    """
    Install Debian packages as root, starting none of the services they bring.

    :raises Unavailable: if apt-get fails
    """
    say(f"Installing {' '.join(packages)} ...")
    with _restrained():
        # Old lists may still be good enough, so only the second command decides.
        _apt_get("update")
        if _apt_get("install", "--yes", "--no-install-recommends", *packages) != 0:
            raise Unavailable(f"apt-get could not install {' '.join(packages)}.")


def _found(program: Program) -> Path:
    if found := find(*program.names):
        return found
    raise Unavailable(f"{program.names[0]} is missing, also after installing its package.")


def _apt_get(*arguments: str) -> int:
    return subprocess.run(
        ["apt-get", "-qq", "-o", "DPkg::Lock::Timeout=300", *arguments],
        env={**os.environ, "DEBIAN_FRONTEND": "noninteractive"},
        stdin=subprocess.DEVNULL,
        stdout=sys.stderr,
        check=False,
    ).returncode


@contextmanager
def _restrained() -> Iterator[None]:
    with ExitStack() as lifted:
        for path, text, mode in RESTRAINTS:
            if path.exists():
                continue
            path.parent.mkdir(parents=True, exist_ok=True)
            lifted.callback(path.unlink, missing_ok=True)
            path.write_text(text)
            path.chmod(mode)
        yield


def _version(program: Path) -> tuple[int, ...]:
    digits = "".join(letter if letter.isdigit() else " " for letter in str(program.parent))
    return tuple(int(number) for number in digits.split())
