from __future__ import annotations

from django.apps import AppConfig


class NotificationsConfig(AppConfig):
    name = "notifications"
    label = "notifications"

    def ready(self) -> None:
        from notifications import checks  # noqa: F401
        from notifications.actions import forget_devices_of_session
        from village.core import sessions

        sessions.declare_end(forget_devices_of_session)
