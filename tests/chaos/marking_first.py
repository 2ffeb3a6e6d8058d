"""
A worker with a fault seeded in it: it marks letters as sent before it sends them.

`python -m tests.chaos.marking_first worker ...` takes the words of `celery -A village`. A test that
compares what was marked with what arrived must find out.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence

import django
from celery.__main__ import main

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "village.settings")
django.setup()

from notifications import post  # noqa: E402 - needs the apps to be ready
from notifications.actions import Errand  # noqa: E402
from notifications.transports.base import AddressKind, Outcome  # noqa: E402


def mark_and_send(kind: AddressKind, errands: Sequence[Errand]) -> list[Outcome]:
    """Do it the wrong way round."""
    post._keep(kind, errands, [Outcome.taken("promised") for _ in errands])
    return post.transport_for(kind).send([(each.address, each.letter) for each in errands])


if __name__ == "__main__":
    post._send = mark_and_send
    sys.argv = ["celery", "-A", "village", "--quiet", *sys.argv[1:]]
    sys.exit(main())
