from __future__ import annotations

from django.apps import AppConfig


class AssistConfig(AppConfig):
    name = "village.assist"
    label = "assist"

    def ready(self) -> None:
        from village.assist.actions import end_with_membership
        from village.assist.queries import centre_places
        from village.residents import endings
        from village.residents.models import Role
        from village.residents.places import declare_places

        endings.declare_end(end_with_membership)
        declare_places(centre_places, Role.COORDINATOR, Role.VOLUNTEER)
