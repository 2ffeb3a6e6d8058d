"""Who is measured: the village on each of its servers, and its peers."""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.load import ROOT, VAR
from benchmarks.machine import OTHER_CORE, SERVER_CORE, on_core
from tools.leash import end, leashed
from tools.packages import Program, Unavailable, provide, say
from tools.servers import LOOPBACK

READY_WITHIN = 60.0
NODE_WS = "ws@8"
PYTHON = (sys.executable, "-m")
UVICORN = (
    "uvicorn village.asgi:application --lifespan off --log-level error --backlog 4096"
    " --ws village.realtime.lean:LeanWebSocket --loop uvloop --port PORT"
)


@dataclass(frozen=True)
class Contender:
    """
    One server and how it is spoken with.

    In ``command``, PORT is where it listens and FOLDER is its own. ``speech`` is what the phones
    speak, ``publisher`` who publishes, ``path`` what follows a topic (or MQTT's own).
    """

    name: str
    command: tuple[str, ...]
    publisher: str
    speech: str = "plain"
    path: str = "/ws/{topic}"
    environment: Mapping[str, str] = field(default_factory=dict)
    has_broker: bool = False

    @property
    def is_village(self) -> bool:
        """Tell whether it is ours."""
        return self.speech == "village"


def _village(name: str, *command: str, **environment: str) -> Contender:
    return Contender(
        name,
        command,
        publisher="village",
        speech="village",
        path="/ws",
        environment={"DJANGO_SETTINGS_MODULE": "benchmarks.settings", **environment},
        has_broker=True,
    )


DAPHNE = _village("village", sys.executable, "manage.py", "serve", "--port", "PORT")
FAST = _village("fast.village", *PYTHON, *UVICORN.split())
ASGI = _village(
    "asgi.village",
    *(sys.executable, "manage.py", "serve", "--port", "PORT"),
    VILLAGE_PORT="asgi",
)
PLAIN = Contender(
    "plain_channels",
    # With the time-outs and the backlog that thousands at once need; its defaults refuse them.
    (
        *(*PYTHON, "daphne", "-v", "0", "--websocket_connect_timeout", "120"),
        *("-e", f"tcp:PORT:interface={LOOPBACK}:backlog=4096"),
        "benchmarks.peers.channels_plain:application",
    ),
    publisher="channels",
    environment={"DJANGO_SETTINGS_MODULE": "benchmarks.peers.channels_settings"},
    has_broker=True,
)
WEBSOCKETS = Contender(
    "websockets", (*PYTHON, "benchmarks.peers.websockets_broadcast", "PORT"), "websocket"
)
NODE = Contender("node_ws", ("node", "FOLDER/node_ws.js", "PORT"), "websocket")
MOSQUITTO = Contender("mosquitto", ("mosquitto", "-c", "FOLDER/mosquitto.conf"), "mqtt", "mqtt")


def available() -> list[Contender]:
    """Give the contenders that can run here, and say which cannot, and why."""
    found = [DAPHNE, FAST, ASGI, PLAIN, WEBSOCKETS]
    for contender, prepare in ((NODE, _install_node_ws), (MOSQUITTO, _install_mosquitto)):
        try:
            prepare()
        except Unavailable as error:
            say(f"SKIPPED {contender.name}: {error}")
        else:
            found.append(contender)
    return found


def _install_node_ws() -> None:
    folder = VAR / NODE.name
    folder.mkdir(parents=True, exist_ok=True)
    if not (shutil.which("node") and shutil.which("npm")):
        raise Unavailable("node and npm are not on this machine.")
    if not (folder / "node_modules" / "ws").exists():
        installed = subprocess.run(
            ["npm", "install", "--silent", "--no-audit", "--no-fund", NODE_WS],
            cwd=folder,
            stdout=subprocess.DEVNULL,
            check=False,
        )
        if installed.returncode != 0:
            raise Unavailable(f"npm could not install {NODE_WS}.")
    shutil.copy(ROOT / "benchmarks" / "peers" / "node_ws.js", folder)


def _install_mosquitto() -> None:
    provide(Program(["mosquitto"], ["mosquitto"]))
    (VAR / MOSQUITTO.name).mkdir(parents=True, exist_ok=True)


@dataclass
class Running:
    """A contender that serves on a port."""

    contender: Contender
    process: subprocess.Popen[bytes]
    port: int
    publisher_port: int

    @property
    def pid(self) -> int:
        """Give the id of its process."""
        return self.process.pid


@contextmanager
def running(contender: Contender, **environment: str) -> Iterator[Running]:
    """Start a contender alone on its core, and end it."""
    port, second_port = free_port(), free_port()
    folder = VAR / contender.name
    folder.mkdir(parents=True, exist_ok=True)
    if contender is MOSQUITTO:
        (folder / "mosquitto.conf").write_text(
            f"listener {port} {LOOPBACK}\nprotocol websockets\n"
            f"listener {second_port} {LOOPBACK}\n"
            "allow_anonymous true\nset_tcp_nodelay true\npersistence false\nlog_type error\n"
            "user root\n"
        )
    words = [
        word.replace("PORT", str(port)).replace("FOLDER", str(folder)) for word in contender.command
    ]
    log = folder / "log"
    with log.open("wb") as said, on_core(SERVER_CORE):
        process = subprocess.Popen(
            leashed(words),
            cwd=ROOT,
            env={**os.environ, **contender.environment, **environment},
            stdin=subprocess.DEVNULL,
            stdout=said,
            stderr=said,
        )
    try:
        _wait_for(port, process, log)
        publisher_port = second_port if contender is MOSQUITTO else port
        yield Running(contender, process, port, publisher_port)
    finally:
        process.terminate()
        end(process)


@contextmanager
def publishing(server: Running, asked: int) -> Iterator[subprocess.Popen[bytes]]:
    """Start the process that publishes what the phones ask for."""
    contender = server.contender
    with on_core(OTHER_CORE):
        process = subprocess.Popen(
            leashed(
                [
                    *(sys.executable, "-m", "benchmarks.publisher"),
                    *(contender.publisher, str(server.publisher_port)),
                ]
            ),
            cwd=ROOT,
            env={**os.environ, **contender.environment},
            stdin=asked,
            stdout=subprocess.PIPE,
        )
    try:
        assert process.stdout is not None
        if process.stdout.readline() != b"ready\n":
            raise RuntimeError(f"nobody publishes for {contender.name}")
        yield process
    finally:
        process.kill()
        process.wait()
        process.stdout.close()


def free_port() -> int:
    """Find a port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind((LOOPBACK, 0))
        port: int = probe.getsockname()[1]
        return port


def _wait_for(port: int, process: subprocess.Popen[bytes], log: Path) -> None:
    latest = time.monotonic() + READY_WITHIN
    while True:
        with suppress(OSError), socket.create_connection((LOOPBACK, port), timeout=1):
            return
        if process.poll() is not None or time.monotonic() > latest:
            raise RuntimeError(f"The server did not come up:\n{log.read_text(errors='replace')}")
        time.sleep(0.02)


def versions() -> dict[str, str]:
    """Give the versions of what is measured."""
    from importlib.metadata import version

    names = ("daphne", "uvicorn", "uvloop", "channels", "channels_redis", "websockets")
    found = {name: version(name) for name in names}
    package = VAR / NODE.name / "node_modules" / "ws" / "package.json"
    if package.exists():
        found["ws"] = json.loads(package.read_text())["version"]
    return found
