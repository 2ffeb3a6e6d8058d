"""PostgreSQL and Redis as programs that can be started, stopped and started again."""

from __future__ import annotations

import secrets
import shutil
import signal
import socket
import subprocess
import time
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from tools.leash import end, leashed
from tools.packages import say

LOOPBACK = "127.0.0.1"
PATIENCE = 60.0  # seconds a server may take to answer; one is usual
TRIES = 3  # another program may take a free port before we do

# Nothing here outlives the machine. What is committed still survives a crash of the server, which
# synchronous_commit=off would not give.
HASTY = {"fsync": "off", "full_page_writes": "off"}


class Broken(Exception):
    """A server that is on this machine but does not come up."""


@dataclass(kw_only=True)
class Server(ABC):
    """One server program in its own folder; `user` is whom it runs as when we are root."""

    program: Path
    folder: Path
    user: str | None
    port: int = 0
    secret: str = field(default_factory=lambda: secrets.token_hex(16), repr=False)
    process: subprocess.Popen[bytes] | None = field(default=None, repr=False)

    name = ""
    stop_signal = signal.SIGTERM

    def start(self) -> None:
        """
        Start the server and return when it answers, on the same port as the last time.

        :raises Broken: if it does not come up
        """
        began = time.monotonic()
        for left in reversed(range(1 if self.port else TRIES)):
            port = self.port or _free_port()
            try:
                self._start_on(port)
            except Broken:
                if not left:
                    raise
            else:
                self.port = port
                break
        say(f"{self.name} answers on {LOOPBACK}:{self.port} ({time.monotonic() - began:.1f} s)")

    def stop(self) -> None:
        """Stop the server at once, as a crash would, and return when it has ended."""
        if self.process is not None:
            self.process.send_signal(self.stop_signal)
            end(self.process)
            self.process = None

    @abstractmethod
    def command(self, port: int) -> Sequence[str]:
        """Return the command that serves on this port."""

    @abstractmethod
    def answers(self, port: int) -> bool:
        """Tell whether the server takes requests."""

    def _start_on(self, port: int) -> None:
        log = self.folder / "log"
        with log.open("ab") as words:
            self.process = subprocess.Popen(
                leashed(self.command(port), when_left=self.stop_signal, user=self.user),
                stdin=subprocess.DEVNULL,
                stdout=words,
                stderr=words,
                cwd=self.folder,
                # Ctrl-C at the terminal is for the command, which still needs the server to end.
                start_new_session=True,
            )
        deadline = time.monotonic() + PATIENCE
        while not self.answers(port):
            with suppress(subprocess.TimeoutExpired):
                self.process.wait(0.02)
            if self.process.returncode is not None or time.monotonic() > deadline:
                self.stop()
                last_words = "\n  ".join(log.read_text(errors="replace").splitlines()[-12:])
                raise Broken(f"{self.name} does not come up:\n  {last_words}")

    def _give(self, file: Path, text: str) -> None:
        """Write a file that only the server can read."""
        file.touch(mode=0o600)
        file.write_text(text)
        if self.user:
            shutil.chown(file, self.user)


@dataclass(kw_only=True)
class Postgres(Server):
    """A PostgreSQL cluster with one database, `village`, owned by the superuser of that name."""

    durable: bool = False

    name = "PostgreSQL"
    stop_signal = signal.SIGQUIT  # "immediate": the backends end at once

    @property
    def url(self) -> str:
        """The address of the database."""
        return f"postgres://village:{self.secret}@{LOOPBACK}:{self.port}/village"

    def create(self) -> None:
        """
        Make the cluster, start it and make the database.

        :raises Broken: if it does not come up
        """
        self._give(self.folder / "password", self.secret)
        self._finish(
            *("initdb", "--pgdata=data", "--username=village", "--pwfile=password"),
            *("--auth=scram-sha-256", "--encoding=UTF8", "--locale=C.UTF-8", "--no-sync"),
        )
        # Not createdb, which comes in another package than the server.
        single = ("--single", "-D", "data", *_options(HASTY), "postgres")
        self._finish("postgres", *single, asking="CREATE DATABASE village\n")
        self.start()

    def command(self, port: int) -> Sequence[str]:
        settings = {
            "listen_addresses": LOOPBACK,
            "port": str(port),
            "unix_socket_directories": "",
            "max_connections": "200",
            "jit": "off",
            "timezone": "UTC",
            **({} if self.durable else HASTY),
        }
        return [str(self.program), "-D", "data", *_options(settings)]

    def answers(self, port: int) -> bool:
        # The eighth line is the state of the server; pg_ctl waits for the same word.
        with suppress(FileNotFoundError):
            lines = (self.folder / "data" / "postmaster.pid").read_text().splitlines()
            ours = self.process is not None and lines[:1] == [str(self.process.pid)]
            return ours and len(lines) >= 8 and lines[7].strip() == "ready"
        return False

    def _finish(self, program: str, *arguments: str, asking: str = "") -> None:
        done = subprocess.run(
            leashed([str(self.program.with_name(program)), *arguments], user=self.user),
            input=asking.encode(),
            capture_output=True,
            cwd=self.folder,
            check=False,
        )
        if done.returncode != 0:
            raise Broken(f"{program} failed:\n{done.stderr.decode(errors='replace')}")


@dataclass(kw_only=True)
class Redis(Server):
    """A Redis that keeps nothing on disk."""

    name = "Redis"

    @property
    def url(self) -> str:
        """The address of its first database."""
        return f"redis://:{self.secret}@{LOOPBACK}:{self.port}/0"

    def command(self, port: int) -> Sequence[str]:
        # A file, because everybody on the machine can read the words of a command.
        settings = self.folder / "redis.conf"
        keep_nothing = 'save ""\nappendonly no\n'
        self._give(
            settings,
            f"bind {LOOPBACK}\nport {port}\nrequirepass {self.secret}\n{keep_nothing}",
        )
        return [str(self.program), str(settings)]

    def answers(self, port: int) -> bool:
        with suppress(OSError), socket.create_connection((LOOPBACK, port), timeout=1) as line:
            line.sendall(f"AUTH {self.secret}\r\nPING\r\n".encode())
            with line.makefile("rb") as answer:
                return [answer.readline(), answer.readline()] == [b"+OK\r\n", b"+PONG\r\n"]
        return False


def _options(settings: Mapping[str, str]) -> list[str]:
    return [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind((LOOPBACK, 0))
        port: int = probe.getsockname()[1]
        return port
