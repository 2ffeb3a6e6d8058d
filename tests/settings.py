"""The settings of the test suite: the village's own, in a folder and with people of its own."""

from __future__ import annotations

import os
import tempfile

os.environ.setdefault("SECRET_KEY", "only-for-tests-" * 4)
os.environ.setdefault("ALLOWED_HOSTS", "testserver,127.0.0.1,localhost")
os.environ.setdefault("VILLAGE_DEMO", "true")
os.environ.setdefault("VAR_DIR", tempfile.mkdtemp(prefix="village-tests-"))
os.environ.setdefault("LOG_LEVEL", "WARNING")

from village.settings import *  # noqa: F403
