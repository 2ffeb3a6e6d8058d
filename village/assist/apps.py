from __future__ import annotations

from django.apps import AppConfig


class AssistConfig(AppConfig):
    name = "village.assist"
    label = "assist"

    def ready(self) -> None:
        from village.assist.actions import end_with_membership
        from village.residents import endings

        endings.declare_end(end_with_membership)
