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

if DATABASES["default"]["ENGINE"] == "village.core.sqlite":  # noqa: F405
    # A file, as in real life: threads and processes then meet the writers' queue.
    DATABASES["default"]["TEST"] = {"NAME": str(VAR_DIR / "tests.sqlite3")}  # noqa: F405
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
