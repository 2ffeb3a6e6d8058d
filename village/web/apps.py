from __future__ import annotations

from django.apps import AppConfig


class WebConfig(AppConfig):
    name = "village.web"
    label = "web"
