from __future__ import annotations

from django.apps import AppConfig


class RealtimeConfig(AppConfig):
    name = "village.realtime"
    label = "realtime"

    def ready(self) -> None:
        from village.journal import readers
        from village.realtime import hints

        readers.watchers.append(hints.publish)
