from __future__ import annotations

from django.apps import AppConfig


class ActingConfig(AppConfig):
    name = "village.acting"
    label = "acting"

    def ready(self) -> None:
        from village.acting import queries, replay
        from village.core import delegation

        delegation.fill(queries.hold, queries.stands, replay.prepare)
