"""The background jobs: Celery on Redis, or in the one process of the embedded form."""

from __future__ import annotations

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "village.settings")

app = Celery("village")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
