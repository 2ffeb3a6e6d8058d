from __future__ import annotations

from django.apps import AppConfig


class CoreConfig(AppConfig):
    name = "village.core"
    label = "core"

    def ready(self) -> None:
        from village.core import among

        among.register()
