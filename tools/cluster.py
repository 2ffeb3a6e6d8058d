"""
The scaled-out form on this machine: PostgreSQL, Redis, two web processes, a worker and a beat.

`python -m tools.cluster` serves the demo village this way until Ctrl-C (`make cluster`).
"""

from __future__ import annotations

import os
import secrets
import signal
import subprocess
import sys
import tempfile
import time
from contextlib import ExitStack, suppress
from pathlib import Path
from types import TracebackType
from typing import Self
from urllib.error import URLError
from urllib.request import urlopen

from tools.leash import end, leashed, stop_on_signals
from tools.packages import CANNOT, Unavailable, say
from tools.servers import Broken
from tools.services import Services, services

ROOT = Path(__file__).resolve().parent.parent
READY_WITHIN = 90.0
PYTHON = sys.executable


class Cluster:
    """Run the village in several processes; the first port is the address it writes in letters."""

    def __init__(self, *ports: int, durable: bool = False, **environment: str) -> None:
        self.ports = ports
        self.folder = Path(tempfile.mkdtemp(prefix="village-cluster-"))
        self.services: Services
        self.processes: dict[str, subprocess.Popen[bytes]] = {}
        self._durable = durable
        self._stack = ExitStack()
        self.environment = {
            **os.environ,
            "SECRET_KEY": secrets.token_urlsafe(32),
            "ALLOWED_HOSTS": "127.0.0.1,localhost",
            "SITE_URL": self.url(),
            "OUTBOUND_ALLOWED_HOSTS": ",".join(f"127.0.0.1:{port}" for port in ports),
            "VILLAGE_DEMO": "true",
            "DEBUG": "false",
            "EMAIL_URL": "",
            "VAR_DIR": str(self.folder),
            "MEDIA_ROOT": str(self.folder / "media"),
            "LOG_LEVEL": "INFO",
            "LOG_JSON": "false",
            "PYTHONUNBUFFERED": "1",
            "DJANGO_SETTINGS_MODULE": "village.settings",
            **environment,
        }

    def url(self, web: int = 0) -> str:
        """Give the address of a web process."""
        return f"http://127.0.0.1:{self.ports[web]}"

    def __enter__(self) -> Self:
        with ExitStack() as undo:
            self.services = undo.enter_context(services(durable=self._durable))
            self.environment |= self.services.environment()
            undo.callback(self._end_all)
            # The first web process prepares the database, the others find it ready.
            for web, port in enumerate(self.ports):
                self.start(f"web{web}", "manage.py", "serve", "--port", str(port))
                self._wait_until_ready(web)
            celery = ("-m", "celery", "-A", "village", "--quiet")
            worker = (*celery, "worker", "--loglevel", "WARNING", "--concurrency")
            self.start("worker", *worker, "2", "-Q", "celery", "-n", "worker@%h")
            self.start("emergencies", *worker, "1", "-Q", "emergencies", "-n", "emergencies@%h")
            schedule = str(self.folder / "beat")
            self.start("beat", *celery, "beat", "--schedule", schedule, "--loglevel", "WARNING")
            self._stack = undo.pop_all()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._stack.close()

    def start(self, name: str, *words: str) -> None:
        """Start one of the processes, on a leash."""
        with (self.folder / f"{name}.log").open("ab") as log:
            self.processes[name] = subprocess.Popen(
                leashed([PYTHON, *words], when_left=signal.SIGTERM),
                cwd=ROOT,
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
            )

    def command(self, *words: str) -> str:
        """Run a command of manage.py on this village and give what it printed."""
        done = subprocess.run(
            [PYTHON, "manage.py", *words],
            cwd=ROOT,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=True,
            timeout=60,
        )
        return done.stdout.strip()

    def token(self, name: str) -> str:
        """Give a session token of somebody in the demo."""
        return self.command("token", name)

    def log_text(self) -> str:
        """Give what all processes have said."""
        return "".join(p.read_text(errors="replace") for p in sorted(self.folder.glob("*.log")))

    def _wait_until_ready(self, web: int) -> None:
        latest = time.monotonic() + READY_WITHIN
        process = self.processes[f"web{web}"]
        while time.monotonic() < latest and process.poll() is None:
            with suppress(URLError, OSError), urlopen(f"{self.url(web)}/readyz", timeout=5):
                return
            time.sleep(0.1)
        raise Broken(f"web{web} did not become ready:\n{self.log_text()}")

    def _end_all(self) -> None:
        for process in self.processes.values():
            process.terminate()
        for process in self.processes.values():
            end(process)


def main() -> int:
    """Serve the demo village in the scaled-out form until a signal comes."""
    stop_on_signals()
    first = int(os.environ.get("PORT", "8000"))
    say("Starting PostgreSQL, Redis, two web processes, a worker and a beat ...")
    try:
        with Cluster(first, first + 1) as cluster:
            say(f"The village is at {cluster.url(0)} and at {cluster.url(1)} (Ctrl-C stops it).")
            for name, value in cluster.services.environment().items():
                say(f"{name}={value}")
            say(f"SECRET_KEY={cluster.environment['SECRET_KEY']}")
            while all(process.poll() is None for process in cluster.processes.values()):
                time.sleep(0.5)
            say("A process ended:\n" + cluster.log_text()[-4000:])
            return 1
    except (Unavailable, Broken) as error:
        say(str(error))
        return CANNOT if isinstance(error, Unavailable) else 1


if __name__ == "__main__":
    sys.exit(main())
