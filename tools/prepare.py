"""Build .venv from the locks: `python3 tools/prepare.py base` to run, `dev` to build and test."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
OLDEST = (3, 11)
NEWER = "python3.14", "python3.13", "python3.12", "python3.11"

# The stamps that make compares with the locks: something to run with, and everything.
STAMPS = {"base": [VENV / ".ready"], "dev": [VENV / ".ready", VENV / ".dev"]}


def main(lock: str) -> None:
    """Bring .venv to the state of a lock; only `dev` removes what the lock does not name."""
    if sys.version_info < OLDEST:
        _start_again_with_a_newer_python()
    make_venv()
    install(lock)
    for stamp in STAMPS[lock]:
        stamp.touch()


def make_venv() -> None:
    """Make .venv unless it works already; Debian keeps the module for it in its own package."""
    if PYTHON.exists() and _run(PYTHON, "-m", "pip", "--version", quietly=True):
        return
    print("Making .venv ...", flush=True)
    if _run(sys.executable, "-m", "venv", "--clear", VENV, quietly=True):
        return
    package = f"python{sys.version_info.major}.{sys.version_info.minor}-venv"
    print(f"Python cannot make a virtual environment; installing {package} ...", flush=True)
    if os.geteuid() == 0 and shutil.which("apt-get"):
        _run("apt-get", "-qq", "update")
        _run("apt-get", "-qq", "install", "--yes", "--no-install-recommends", package)
    if not _run(sys.executable, "-m", "venv", "--clear", VENV):
        sys.exit(f"Could not make .venv. On Debian and Ubuntu, install {package}.")


def install(lock: str) -> None:
    """Install a lock with uv, or more slowly with pip where uv cannot reach its packages."""
    requirements = ROOT / "requirements" / f"{lock}.txt"
    verb = ("sync",) if lock == "dev" else ("install", "--requirements")
    print(f"Installing requirements/{lock}.txt ...", flush=True)
    if _install_uv() and _run(
        *(VENV / "bin" / "uv", "pip", *verb, requirements),
        *("--require-hashes", "--python", PYTHON),
    ):
        return
    print("That did not work; trying pip, which takes some minutes ...", flush=True)
    if not _run(PYTHON, "-m", "pip", "install", "--require-hashes", "--requirement", requirements):
        sys.exit(f"Could not install requirements/{lock}.txt. Is this machine online?")


def _install_uv() -> bool:
    """Install the uv of the lock, checked against its hashes like everything else."""
    blocks = (ROOT / "requirements" / "dev.txt").read_text().replace("\\\n", " ").splitlines()
    pinned = next(block for block in blocks if block.startswith("uv=="))
    with tempfile.NamedTemporaryFile("w", suffix=".txt") as only_uv:
        only_uv.write(pinned + "\n")
        only_uv.flush()
        return _run(
            *(PYTHON, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"),
            *("--require-hashes", "--requirement", only_uv.name),
        )


def _run(*words: str | Path, quietly: bool = False) -> bool:
    output = subprocess.DEVNULL if quietly else None
    done = subprocess.run(
        words, stdin=subprocess.DEVNULL, stdout=output, stderr=output, check=False
    )
    return done.returncode == 0


def _start_again_with_a_newer_python() -> None:
    for name in NEWER:
        if found := shutil.which(name):
            os.execv(found, [found, *sys.argv])
    sys.exit("Python 3.11 or newer is needed; this is " + sys.version.split()[0])


if __name__ == "__main__":
    if sys.argv[1:] not in [["base"], ["dev"]]:
        sys.exit(__doc__)
    main(sys.argv[1])
