"""The machine under the benchmarks: its cores, its clocks, and what a process takes of it."""

from __future__ import annotations

import os
import platform
import resource
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

FILES = 20_000
# The server alone on the first core; clients, publisher, database and broker on the second.
SERVER_CORE, OTHER_CORE = 0, min(1, (os.cpu_count() or 1) - 1)


def describe() -> str:
    """Name the machine in one line."""
    processor = platform.processor() or platform.machine()
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            processor = line.partition(":")[2].strip()
            break
    system = f"{platform.system()} {platform.release()}"
    return f"{os.cpu_count()} cores, {processor}, {system}, Python {platform.python_version()}"


def load() -> float:
    """Give the load average of the last minute."""
    return round(os.getloadavg()[0], 2)


def allow_many_files() -> None:
    """
    Let this process and its children hold a socket for each client.

    :raises OSError: if the system does not
    """
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = FILES if hard == resource.RLIM_INFINITY else min(hard, FILES)
    resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))


@contextmanager
def on_core(core: int) -> Iterator[None]:
    """Start processes on one core: they inherit it."""
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {core} & before or before)
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)


def family(pid: int) -> set[int]:
    """Give the ids of a process and of everything it has started."""
    found = {pid}
    for children in Path(f"/proc/{pid}/task").glob("*/children"):
        for child in children.read_text().split():
            found |= family(int(child))
    return found


def cpu_seconds(pids: Iterable[int]) -> float:
    """Give the processor time that processes have taken, with all their threads and children."""
    everybody = set().union(*(family(pid) for pid in pids))
    return sum(_clock(pid) for pid in everybody)


def _clock(pid: int) -> float:
    try:
        # By a process's id: MAKE_PROCESS_CPUCLOCK of the kernel's posix-timers.h.
        return time.clock_gettime((~pid << 3) | 2)
    except OSError:
        # It has ended meanwhile.
        return 0.0


def cpu_seconds_with_the_gone(pid: int) -> float:
    """Give the same for one process with those of its children, too, that have ended."""
    # Behind the name in brackets, which may hold spaces: cutime and cstime, proc(5).
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return cpu_seconds([pid]) + (int(fields[13]) + int(fields[14])) / os.sysconf("SC_CLK_TCK")


def resident_kib(pid: int) -> int:
    """Give the memory that a process and its children hold, in KiB."""
    page = os.sysconf("SC_PAGE_SIZE") // 1024
    return sum(
        int(Path(f"/proc/{each}/statm").read_text().split()[1]) * page for each in family(pid)
    )
