from __future__ import annotations

from django.apps import AppConfig


class ResidentsConfig(AppConfig):
    name = "village.residents"
    label = "residents"

    def ready(self) -> None:
        from village.core import strength
        from village.realtime import access
        from village.residents import queries

        access.fill(queries.hidden_from)
        strength.fill(queries.lacks_second_factor)
