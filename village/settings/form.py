"""Which form the village takes, its secret, and its names."""

from __future__ import annotations

from pathlib import Path

import environ
from django.core.exceptions import ImproperlyConfigured

BASE_DIR = Path(__file__).resolve().parent.parent.parent
env = environ.Env()  # type: ignore[no-untyped-call]
env.read_env(BASE_DIR / ".env")

DEBUG = env.bool("DEBUG", default=False)
# The demo village: people may be signed in by name, letters are shown at /outbox.
VILLAGE_DEMO = env.bool("VILLAGE_DEMO", default=False)
VAR_DIR = Path(env.str("VAR_DIR", default=str(BASE_DIR / "var")))
VAR_DIR.mkdir(parents=True, exist_ok=True)
REDIS_URL = env.str("REDIS_URL", default="")
# Without Redis there is one process, which also runs the jobs.
EMBEDDED = not REDIS_URL

SECRET_KEY = env.str("SECRET_KEY", default="only-for-development" if DEBUG else "")
ALLOWED_HOSTS = env.list(
    "ALLOWED_HOSTS", default=["127.0.0.1", "localhost", "[::1]"] if DEBUG else []
)
if not SECRET_KEY:
    raise ImproperlyConfigured("Set SECRET_KEY to a long random text (or DEBUG=true to develop).")
if not ALLOWED_HOSTS:
    raise ImproperlyConfigured("Set ALLOWED_HOSTS to the names this village answers to.")
# Where `manage.py serve` listens, and what it is called from outside.
PORT = env.int("PORT", default=8000)
SITE_URL = env.str("SITE_URL", default=f"http://127.0.0.1:{PORT}")
# The origins whose pages may open a socket with their cookie; those of ALLOWED_HOSTS always may.
CSRF_TRUSTED_ORIGINS = env.list("TRUSTED_ORIGINS", default=[])
IS_HTTPS = SITE_URL.startswith("https://")
