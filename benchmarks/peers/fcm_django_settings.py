"""As little as fcm-django needs."""

from __future__ import annotations

SECRET_KEY = "only-for-measuring-" * 3
INSTALLED_APPS = ["django.contrib.auth", "django.contrib.contenttypes", "fcm_django"]
DATABASES = {"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
USE_TZ = True
