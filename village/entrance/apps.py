from __future__ import annotations

from django.apps import AppConfig


class EntranceConfig(AppConfig):
    name = "village.entrance"
    label = "entrance"

    def ready(self) -> None:
        from village.entrance.actions import end_ways_in
        from village.residents.endings import declare_end

        declare_end(end_ways_in)
