from __future__ import annotations

from django.apps import AppConfig


class AssistConfig(AppConfig):
    name = "village.assist"
    label = "assist"

    def ready(self) -> None:
        from village.assist import queries
        from village.core import delegation

        delegation.fill(queries.hold, queries.stands)
