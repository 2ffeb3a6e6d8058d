from __future__ import annotations

from django.apps import AppConfig


class MessagingConfig(AppConfig):
    name = "village.messaging"
    label = "messaging"

    def ready(self) -> None:
        from village.messaging.queries import department_places
        from village.residents.models import Role
        from village.residents.places import declare_places

        declare_places(department_places, Role.CLERK)
