"""How a process of a bench does what it is asked, line by line."""

from __future__ import annotations

import json
import resource
import sys
import time
from collections.abc import Callable, Mapping


def answer(verbs: Mapping[str, Callable[..., float]]) -> None:
    """Do what is asked until nobody asks any more; tell of each what it gave and what it cost."""
    for line in sys.stdin:
        verb, *words = line.split()
        began, cpu = time.perf_counter(), time.process_time()
        done = verbs[verb](*words)
        told = {
            "done": done,
            "seconds": time.perf_counter() - began,
            "cpu_seconds": time.process_time() - cpu,
            "peak_mib": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
        }
        print(json.dumps(told), flush=True)
