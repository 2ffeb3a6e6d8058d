from __future__ import annotations

from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class JournalConfig(AppConfig):
    name = "village.journal"
    label = "journal"

    def ready(self) -> None:
        # Whatever a room declares about its facts is known before the first one is recorded.
        autodiscover_modules("facts", "topics", "notices", "tasks", "holdings")

        from village.journal import readers, tasks

        readers.watchers.append(tasks.nudge)
