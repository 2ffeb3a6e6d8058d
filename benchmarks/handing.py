"""The processes of the bench of telling: who hands messages over, and who takes them."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any
from urllib.request import urlopen

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from benchmarks.load import ROOT
from benchmarks.machine import OTHER_CORE, SERVER_CORE, on_core
from tools.leash import leashed

Figures = dict[str, float]


class Provider:
    """Ask the provider's process what it has taken."""

    def __init__(self, port: int) -> None:
        self.url = f"http://127.0.0.1:{port}"

    def forget(self) -> None:
        """Let it count anew."""
        self._ask("/forget")

    def taken(self) -> dict[str, Any]:
        """Give how many messages it has taken, the moment of the last, and of each alarm."""
        return self._ask("/taken")

    def _ask(self, path: str) -> dict[str, Any]:
        with urlopen(self.url + path, timeout=10) as answer:
            found: dict[str, Any] = json.load(answer)
        return found


class Postman:
    """Hold one process that hands messages over."""

    def __init__(self, module: str, environment: Mapping[str, str]) -> None:
        with on_core(SERVER_CORE):
            self._process = subprocess.Popen(
                leashed([sys.executable, "-m", module]),
                cwd=ROOT,
                env=dict(environment),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                text=True,
                bufsize=1,
            )

    def ask(self, *words: object) -> Figures:
        """Let it do something; give what came of it."""
        assert self._process.stdin is not None and self._process.stdout is not None
        self._process.stdin.write(" ".join(map(str, words)) + "\n")
        if not (answer := self._process.stdout.readline()):
            raise RuntimeError(f"a postman ended at: {' '.join(map(str, words))}")
        found: Figures = json.loads(answer)
        return found

    def close(self) -> None:
        """End it."""
        self._process.kill()
        self._process.communicate()


@contextmanager
def provider() -> Iterator[Provider]:
    """Run the provider on the second core."""
    with on_core(OTHER_CORE):
        process = subprocess.Popen(
            leashed([sys.executable, "-m", "benchmarks.provider"]),
            cwd=ROOT,
            stdout=subprocess.PIPE,
            text=True,
        )
    assert process.stdout is not None
    try:
        yield Provider(int(process.stdout.readline()))
    finally:
        process.kill()
        process.communicate()


def account(url: str) -> dict[str, str]:
    """Make the key file of a service account that exists nowhere."""
    pem = rsa.generate_private_key(public_exponent=65537, key_size=2048).private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    return {
        "type": "service_account",
        "project_id": "bench",
        "private_key_id": "key-1",
        "private_key": pem.decode(),
        "client_email": "village@bench.iam.gserviceaccount.com",
        "client_id": "1",
        "token_uri": f"{url}/token",
    }
