from __future__ import annotations

from django.apps import AppConfig


class NewsConfig(AppConfig):
    name = "news"
    label = "news"

    def ready(self) -> None:
        from news.queries import outlet_places
        from village.residents.models import Role
        from village.residents.places import declare_places

        declare_places(outlet_places, Role.EDITOR)
