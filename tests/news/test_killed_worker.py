"""A worker process that is really killed, on a database that outlives it."""

from __future__ import annotations

import os
import select
import signal
import subprocess
import sys
from datetime import datetime
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection

from news import rendering
from news.actions.pictures import LEASE
from news.models import Outlet
from tests.news.factories import attach, jpeg, write
from village.residents.models import Resident

pytestmark = [
    pytest.mark.postgres,
    pytest.mark.skipif(
        connection.vendor != "postgresql", reason="the tests' SQLite has one process"
    ),
    pytest.mark.django_db(transaction=True),
]
# Says that it has begun, and ends when the worker that it decodes for has ended.
DECODER = """
import os, sys, time
worker = os.getppid()
with open({fifo!r}, "w") as told:
    told.write("begun")
while os.getppid() == worker:
    time.sleep(0.02)
"""
WORKER = """
import sys
from datetime import datetime
from pathlib import Path
from uuid import UUID
import django
django.setup()
from news import rendering
from village.core import images
images._WORKER = Path(sys.argv[1])
rendering.render_picture(UUID(sys.argv[2]), at=datetime.fromisoformat(sys.argv[3]))
"""


def database_url() -> str:
    """Give the address of the test's own database."""
    to = connection.settings_dict
    place = f"{to['HOST']}:{to['PORT']}" if to["PORT"] else to["HOST"]
    return f"postgres://{to['USER']}:{to['PASSWORD']}@{place}/{to['NAME']}"


def test_a_worker_killed_while_it_renders_loses_nothing(
    mia: Resident, bote: Outlet, at: datetime, tmp_path: Path, media: Path
) -> None:
    picture = attach(mia, write(mia, bote, at=at), jpeg(), at=at)
    fifo, decoder = tmp_path / "begun", tmp_path / "decoder.py"
    os.mkfifo(fifo)
    told = os.open(fifo, os.O_RDONLY | os.O_NONBLOCK)
    decoder.write_text(DECODER.format(fifo=str(fifo)))
    surroundings = os.environ | {"DATABASE_URL": database_url(), "MEDIA_ROOT": str(media)}
    worker = subprocess.Popen(
        [sys.executable, "-c", WORKER, str(decoder), str(picture.pk), at.isoformat()],
        cwd=settings.BASE_DIR,
        env=surroundings,
    )
    try:
        assert select.select([told], [], [], 30)[0], "the worker did not come to its decoder"
    finally:
        os.close(told)
        worker.send_signal(signal.SIGKILL)
        worker.wait(timeout=10)

    picture.refresh_from_db()
    assert (picture.status, picture.tries) == ("waiting", 1)
    assert rendering.render_picture(picture.pk, at=at + LEASE)
    picture.refresh_from_db()
    assert picture.status == "ready"
    assert not list((media / "news" / "originals").iterdir())
