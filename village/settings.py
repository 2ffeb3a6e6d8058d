"""
The settings, read from the environment (see docs/settings.md) and from a file ``.env``.

Safe by default: without DEBUG or the demo, the village does not start before it has a secret
key and knows the hosts it answers to.
"""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import environ
from django.core.exceptions import ImproperlyConfigured

BASE_DIR = Path(__file__).resolve().parent.parent
env = environ.Env()  # type: ignore[no-untyped-call]
env.read_env(BASE_DIR / ".env")

# --- Which form -----------------------------------------------------------------------------
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

# --- Apps -----------------------------------------------------------------------------------
INSTALLED_APPS = [
    "daphne",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django_htmx",
    "allauth",
    "allauth.account",
    "allauth.headless",
    "allauth.mfa",
    "allauth.usersessions",
    "village",
    "village.core",
    "village.journal",
    "village.realtime",
    "village.residents",
    "village.assist",
    "village.messaging",
    "village.web",
    "events",
    "news",
    "carpool",
    "notifications",
    "demo",
]
MIDDLEWARE = [
    "village.core.requests.RequestMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "village.core.problem.ProblemMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "allauth.usersessions.middleware.UserSessionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "village.auth.ActorMiddleware",
    "village.core.etags.EtagMiddleware",
    "village.core.idempotency.UnsafeRequestMiddleware",
]
ROOT_URLCONF = "village.urls"
ASGI_APPLICATION = "village.asgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "village.web.context.page",
            ],
        },
    }
]

# --- Database -------------------------------------------------------------------------------
DATABASES: dict[str, dict[str, Any]] = {
    "default": env.db_url("DATABASE_URL", default=f"sqlite:///{VAR_DIR / 'village.sqlite3'}")
}
_database = DATABASES["default"]
if _database["ENGINE"] == "django.db.backends.sqlite3":
    _database["ENGINE"] = "village.core.sqlite"
    _database["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": (
            "PRAGMA journal_mode=WAL;PRAGMA synchronous=FULL;PRAGMA foreign_keys=ON;"
            "PRAGMA cache_size=-16000;"
        ),
    }
else:
    _database["OPTIONS"] = {
        "pool": {"min_size": 1, "max_size": env.int("DATABASE_POOL", default=10), "timeout": 5},
        "connect_timeout": 3,
        "options": (
            "-c lock_timeout=5000 -c statement_timeout=15000"
            " -c idle_in_transaction_session_timeout=20000"
        ),
    }
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# --- Hints, cache, jobs -----------------------------------------------------------------------
if REDIS_URL:
    CHANNEL_LAYERS: dict[str, Any] = {
        "default": {
            "BACKEND": "village.realtime.layer.RedisHintLayer",
            "CONFIG": {"url": REDIS_URL},
        }
    }
    CACHES: dict[str, Any] = {
        "default": {
            "BACKEND": "django.core.cache.backends.redis.RedisCache",
            "LOCATION": REDIS_URL,
            "KEY_PREFIX": "village",
        }
    }
    CELERY_BROKER_URL = REDIS_URL
    CELERY_BROKER_TRANSPORT_OPTIONS: dict[str, Any] = {
        "visibility_timeout": 600,
        "socket_timeout": 5,
        "socket_connect_timeout": 1,
    }
else:
    CHANNEL_LAYERS = {"default": {"BACKEND": "channels.layers.InMemoryChannelLayer"}}
    CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
    CELERY_BROKER_URL = "memory://localhost"
    CELERY_BROKER_TRANSPORT_OPTIONS = {"polling_interval": 0.05}
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_TIME_LIMIT = 300
CELERY_TASK_SOFT_TIME_LIMIT = 240
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_WORKER_REDIRECT_STDOUTS = False
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_TIMEZONE = "UTC"
# What must happen on a clock; each task is named by its room.
CELERY_BEAT_SCHEDULE: dict[str, Any] = {
    "journal-sweep": {
        "task": "village.journal.tasks.sweep",
        "schedule": timedelta(seconds=5),
        "options": {"expires": 5},
    },
    "journal-tidy": {
        "task": "village.journal.tasks.tidy",
        "schedule": timedelta(hours=1),
    },
    "news-pull-feeds": {
        "task": "news.tasks.pull_due_feeds",
        "schedule": timedelta(seconds=env.int("FEED_TICK_SECONDS", default=30)),
        "options": {"expires": 30},
    },
    "news-render-pictures": {
        "task": "news.tasks.render_waiting_pictures",
        "schedule": timedelta(seconds=30),
        "options": {"expires": 30},
    },
    "notifications-send": {
        "task": "notifications.tasks.send_due",
        "schedule": timedelta(seconds=5),
        "options": {"expires": 5},
    },
}

# --- Sockets --------------------------------------------------------------------------------
# What one process opens in a second; the others are told when to come again.
HANDSHAKES_PER_SECOND = env.int("HANDSHAKES_PER_SECOND", default=200)
# "asgi" never writes past the server, as on one that we do not know.
VILLAGE_PORT = env.str("VILLAGE_PORT", default="fastest")

# --- People and sign-in -------------------------------------------------------------------------
AUTH_USER_MODEL = "residents.Resident"
AUTHENTICATION_BACKENDS = [
    "django.contrib.auth.backends.ModelBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*"]
ACCOUNT_ADAPTER = "village.auth.AccountAdapter"
ACCOUNT_LOGIN_BY_CODE_ENABLED = True
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_EMAIL_VERIFICATION_BY_CODE_ENABLED = True
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
ACCOUNT_PREVENT_ENUMERATION = True
# Digits, because an elder reads them aloud or types them from a letter.
ALLAUTH_USER_CODE_FORMAT = {"numeric": True, "length": 6, "dashed": False}
ALLAUTH_TRUSTED_PROXY_COUNT = env.int("TRUSTED_PROXY_COUNT", default=0)
HEADLESS_ONLY = True
HEADLESS_CLIENTS = ("app", "browser")
HEADLESS_FRONTEND_URLS = {"account_signup": f"{SITE_URL}/sign-in"}
LOGIN_URL = "/sign-in"
SESSION_ENGINE = "village.core.sessions"
SESSION_COOKIE_NAME = "__Host-village" if IS_HTTPS else "village"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = IS_HTTPS
SESSION_COOKIE_AGE = 60 * 60 * 24 * 60

# --- Words, time, files -----------------------------------------------------------------------
USE_I18N = True
LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English"), ("de", "Deutsch"), ("ja", "日本語")]
LOCALE_PATHS = [BASE_DIR / "locale"]
USE_TZ = True
TIME_ZONE = "UTC"
STATIC_URL = "/static/"
STATIC_ROOT = VAR_DIR / "static"
STATIC_ROOT.mkdir(exist_ok=True)
MEDIA_ROOT = Path(env.str("MEDIA_ROOT", default=str(VAR_DIR / "media")))
MEDIA_URL = "/media/"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
WHITENOISE_USE_FINDERS = True

# --- Limits and headers -----------------------------------------------------------------------
DATA_UPLOAD_MAX_MEMORY_SIZE = 256 * 1024
# A picture is at most 12 MiB; multipart bodies are bounded by the server in front as well.
UPLOAD_MAX_SIZE = 12 * 1024 * 1024
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_HSTS_SECONDS = 31536000 if IS_HTTPS else 0
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'self'"],
        "img-src": ["'self'", "data:"],
        "connect-src": ["'self'"],
        "frame-ancestors": ["'none'"],
        "form-action": ["'self'"],
        "base-uri": ["'none'"],
        "object-src": ["'none'"],
    }
}

# --- The outside ------------------------------------------------------------------------------
if env.str("EMAIL_URL", default=""):
    vars().update(env.email("EMAIL_URL"))
else:
    # Without a mail server every letter is kept and shown at /outbox.
    EMAIL_BACKEND = "notifications.transports.outbox.OutboxEmailBackend"
DEFAULT_FROM_EMAIL = env.str("MAIL_FROM", default="village@localhost")
# host:port pairs that feeds may be pulled from although they are not public: tests, and the demo,
# which serves its own outlet's feed.
OUTBOUND_ALLOWED_HOSTS = env.list(
    "OUTBOUND_ALLOWED_HOSTS", default=[f"127.0.0.1:{PORT}"] if VILLAGE_DEMO else []
)
# The path of a Google service account file; without it, pushes are shown at /outbox.
FCM_CREDENTIALS = env.str("FCM_CREDENTIALS", default="")
FCM_BASE_URL = env.str("FCM_BASE_URL", default="")
METRICS_TOKEN = env.str("METRICS_TOKEN", default="")

# --- Logs -------------------------------------------------------------------------------------
LOG_LEVEL = env.str("LOG_LEVEL", default="INFO")
LOGGING_CONFIG = "village.core.logs.configure"
LOGGING = {"level": LOG_LEVEL, "json": env.bool("LOG_JSON", default=not DEBUG)}
