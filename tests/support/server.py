"""A real village in a process of its own, for tests that speak with it over the wire."""

from __future__ import annotations

import atexit
import http.client
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from functools import cache
from pathlib import Path
from types import TracebackType
from typing import Self
from urllib.error import URLError
from urllib.request import urlopen

from tools.leash import leashed

ROOT = Path(__file__).resolve().parent.parent.parent
MANAGE = ROOT / "manage.py"
READY_WITHIN = 120.0
STOP_WITHIN = 10.0
COMMAND_WITHIN = 120.0
DATABASE = "village.sqlite3"


class VillageServer:
    """
    Serve the demo village with ``manage.py serve``, embedded, on a free port and in its own folder.

    Keywords are variables of its environment: ``VillageServer(FEED_TICK_SECONDS="1")``. It ends
    with the thread that started it, however that ends. Use it from tests, not from fixtures of
    the database: it has a database of its own, with all its tables unless it ``is_new``.
    """

    def __init__(self, *, is_new: bool = False, **environment: str) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="village-server-"))
        self.port = free_port()
        self.log = self.folder / "server.log"
        self.environment = {
            **{name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ},
            # Set, if to nothing, so that no file .env of the checkout speaks here.
            "DATABASE_URL": f"sqlite:///{self.folder / DATABASE}",
            "REDIS_URL": "",
            "EMAIL_URL": "",
            "SECRET_KEY": "only-for-tests-" * 4,
            "ALLOWED_HOSTS": "127.0.0.1,localhost",
            "SITE_URL": f"http://127.0.0.1:{self.port}",
            "OUTBOUND_ALLOWED_HOSTS": f"127.0.0.1:{self.port}",
            "PORT": str(self.port),
            "VILLAGE_DEMO": "true",
            "DEBUG": "false",
            "VAR_DIR": str(self.folder),
            "MEDIA_ROOT": str(self.folder / "media"),
            # Some tests ask more often than any app for people does.
            "API_REQUESTS_PER_MINUTE": "0",
            "LOG_LEVEL": "INFO",
            "LOG_JSON": "false",
            "PYTHONUNBUFFERED": "1",
            **environment,
        }
        if not is_new and "DATABASE_URL" not in environment:
            shutil.copy(_migrated(), self.folder / DATABASE)
        self.process: subprocess.Popen[bytes] | None = None
        self._tokens: dict[str, str] = {}

    @property
    def url(self) -> str:
        """Give the address of the pages and the API, without a slash at its end."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def ws_url(self) -> str:
        """Give the address of the sockets."""
        return f"ws://127.0.0.1:{self.port}/ws"

    @property
    def pid(self) -> int:
        """Give the id of the server's process."""
        assert self.process is not None, "the server has not been started"
        return self.process.pid

    def __enter__(self) -> Self:
        try:
            self.start()
        except BaseException:
            self.close()
            raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def start(self, *, wait: bool = True) -> None:
        """Start it on its port and folder; return when it is ready, unless told not to wait."""
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                leashed([sys.executable, str(MANAGE), "serve", "--port", str(self.port)]),
                env=self.environment,
                cwd=ROOT,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
            )
        if wait:
            self.wait_until_ready()

    def wait_until_ready(self, within: float = READY_WITHIN) -> None:
        """
        Wait until the village can serve.

        :raises AssertionError: with its log, when it ends or stays silent instead
        """
        assert self.process is not None, "the server has not been started"
        latest = time.monotonic() + within
        while not self.is_ready():
            if self.process.poll() is not None:
                raise AssertionError(
                    f"The server ended ({self.process.returncode}):\n{self.log_text()}"
                )
            if time.monotonic() > latest:
                raise AssertionError(f"The server was not ready in {within} s:\n{self.log_text()}")
            time.sleep(0.05)

    def is_ready(self) -> bool:
        """Tell whether the village says that it can serve."""
        try:
            with urlopen(f"{self.url}/readyz", timeout=5) as answer:
                return bool(answer.status == 200)
        except (URLError, OSError, http.client.HTTPException):
            return False

    def stop(self, number: signal.Signals = signal.SIGTERM, within: float = STOP_WITHIN) -> int:
        """Ask it to stop, wait until it has, and give its exit status."""
        assert self.process is not None, "the server has not been started"
        self.process.send_signal(number)
        return self.process.wait(within)

    def kill(self) -> None:
        """Kill it, as a power cut would."""
        assert self.process is not None, "the server has not been started"
        self.process.kill()
        self.process.wait()

    def restart(self, *, kill: bool = False) -> None:
        """Stop or kill it, unless it is gone already, and start it again where it was."""
        if self.process is not None and self.process.poll() is None:
            if kill:
                self.kill()
            else:
                self.stop()
        self.start()

    def close(self) -> None:
        """End it and remove what it wrote."""
        if self.process is not None and self.process.poll() is None:
            self.kill()
        shutil.rmtree(self.folder, ignore_errors=True)

    def command(self, *words: str, check: bool = True) -> subprocess.CompletedProcess[str]:
        """Run a command of manage.py on this village, from outside the server's process."""
        return subprocess.run(
            [sys.executable, str(MANAGE), *words],
            env=self.environment,
            cwd=ROOT,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=COMMAND_WITHIN,
            check=check,
        )

    def token(self, name: str) -> str:
        """Give a session token of somebody in the demo, for the header X-Session-Token."""
        if name not in self._tokens:
            self._tokens[name] = self.command("token", name).stdout.strip()
        return self._tokens[name]

    def log_text(self) -> str:
        """Give what the server has said so far."""
        return self.log.read_text(errors="replace") if self.log.exists() else ""


@cache
def _migrated() -> Path:
    """Make a database with every table and nobody in it, once for all villages of this run."""
    first = VillageServer(is_new=True)
    atexit.register(first.close)
    first.command("migrate", "--verbosity=0")
    return first.folder / DATABASE


def free_port() -> int:
    """Find a port of this machine that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port
