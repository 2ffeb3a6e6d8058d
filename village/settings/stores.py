"""Where things are kept: database, hints, cache, jobs."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from celery.schedules import crontab

from village.settings.form import REDIS_URL, VAR_DIR, env

# --- Database ------------------------------------------------------------------------------------
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
    _database["ENGINE"] = "village.core.postgres"
    _database["OPTIONS"] = {
        "pool": {"min_size": 1, "max_size": env.int("DATABASE_POOL", default=10), "timeout": 5},
        "connect_timeout": 3,
        "options": (
            "-c lock_timeout=5000 -c statement_timeout=15000"
            " -c idle_in_transaction_session_timeout=20000"
        ),
    }
# Whether PostgreSQL keeps villages apart by itself, behind the checks of the views.
VILLAGE_WALL = env.bool("VILLAGE_WALL", default=True)
# Who was erased, by id: it must outlive every backup, and is replayed after a restore.
ERASURE_LEDGER = env.str("ERASURE_LEDGER", default=str(VAR_DIR / "erasures.jsonl"))
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# --- Hints, cache, jobs --------------------------------------------------------------------------
if REDIS_URL:
    CHANNEL_LAYERS: dict[str, Any] = {
        "default": {
            "BACKEND": "village.realtime.layer.RedisHintLayer",
            "CONFIG": {"url": REDIS_URL},
        }
    }
    CACHES: dict[str, Any] = {
        "default": {
            "BACKEND": "village.core.cache.SturdyCache",
            "LOCATION": REDIS_URL,
            "KEY_PREFIX": "village",
            # Who signs in waits for it.
            "OPTIONS": {"socket_timeout": 1, "socket_connect_timeout": 0.5},
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
# Emergencies have a lane of their own, so that a worker can be there for them alone:
# celery -A village worker -Q emergencies. A worker without -Q serves both.
CELERY_TASK_DEFAULT_QUEUE = "celery"
CELERY_TASK_QUEUES: dict[str, Any] = {"celery": {}, "emergencies": {}}
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
    "residents-erasures": {
        "task": "village.residents.tasks.finish_erasures",
        "schedule": timedelta(seconds=15),
        "options": {"expires": 15},
    },
    "stewardship-end-roles": {
        "task": "village.stewardship.tasks.end_roles",
        "schedule": timedelta(seconds=3),
        "options": {"expires": 3},
    },
    "alerts-pull-sources": {
        "task": "village.alerts.tasks.pull_due_sources",
        "schedule": timedelta(seconds=env.int("ALERT_TICK_SECONDS", default=15)),
        "options": {"expires": 15},
    },
    "alerts-forget-answers": {
        "task": "village.alerts.tasks.forget_answers",
        "schedule": timedelta(minutes=10),
    },
    "alerts-end-over": {
        "task": "village.alerts.tasks.end_over",
        "schedule": timedelta(seconds=5),
        "options": {"expires": 5},
    },
    "bulletin-publish": {
        "task": "village.bulletin.tasks.publish_due",
        "schedule": timedelta(minutes=10),
    },
    "entrance-tidy": {
        "task": "village.entrance.tasks.tidy",
        "schedule": timedelta(hours=1),
    },
    "entrance-send-texts": {
        "task": "village.entrance.tasks.send_due_texts",
        "schedule": timedelta(seconds=5),
        "options": {"expires": 5},
    },
    "acting-statements": {
        "task": "village.acting.tasks.make_statements",
        "schedule": timedelta(hours=1),
    },
    "acting-graduations": {
        "task": "village.acting.tasks.suggest_graduations",
        "schedule": timedelta(days=1),
    },
    "acting-sessions": {
        "task": "village.acting.tasks.close_sessions",
        "schedule": timedelta(minutes=1),
        "options": {"expires": 60},
    },
    "residents-exports": {
        "task": "village.residents.tasks.write_due_exports",
        "schedule": timedelta(seconds=15),
        "options": {"expires": 15},
    },
    "residents-retention": {
        "task": "village.residents.tasks.let_go",
        "schedule": crontab(hour="2", minute="40"),
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
    "carpool-make-rides-ahead": {
        "task": "carpool.tasks.make_rides_ahead",
        "schedule": timedelta(hours=1),
    },
    "carpool-ask-drivers": {
        "task": "carpool.tasks.ask_drivers",
        "schedule": timedelta(minutes=15),
    },
    "carpool-share-out-rides": {
        "task": "carpool.tasks.share_out_rides",
        "schedule": timedelta(minutes=2),
        "options": {"expires": 120},
    },
    "carpool-lapse-bookings": {
        "task": "carpool.tasks.lapse_bookings",
        "schedule": timedelta(minutes=1),
        "options": {"expires": 60},
    },
    "carpool-end-waits": {
        "task": "carpool.tasks.end_waits",
        "schedule": timedelta(minutes=1),
        "options": {"expires": 60},
    },
    "carpool-tidy-index": {
        "task": "carpool.tasks.tidy_index",
        "schedule": timedelta(minutes=5),
        "options": {"expires": 300},
    },
    "notifications-emergencies": {
        "task": "notifications.tasks.send_emergencies",
        "schedule": timedelta(seconds=2),
        "options": {"expires": 2, "queue": "emergencies"},
    },
    "notifications-send": {
        "task": "notifications.tasks.send_due",
        "schedule": timedelta(seconds=5),
        "options": {"expires": 5},
    },
}
