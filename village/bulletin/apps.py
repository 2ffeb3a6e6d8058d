from __future__ import annotations

from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class BulletinConfig(AppConfig):
    name = "village.bulletin"
    label = "bulletin"

    def ready(self) -> None:
        autodiscover_modules("bulletin")
