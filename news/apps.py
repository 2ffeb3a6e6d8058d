from __future__ import annotations

from django.apps import AppConfig


class NewsConfig(AppConfig):
    name = "news"
    label = "news"

    def ready(self) -> None:
        from news.queries import outlet_names
        from village.residents.models import Role
        from village.residents.places import declare_places

        declare_places(outlet_names, Role.EDITOR)
