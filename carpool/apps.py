from __future__ import annotations

from django.apps import AppConfig


class CarpoolConfig(AppConfig):
    name = "carpool"
    label = "carpool"
