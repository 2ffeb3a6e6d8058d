from __future__ import annotations

from django.apps import AppConfig


class NotificationsConfig(AppConfig):
    name = "notifications"
    label = "notifications"

    def ready(self) -> None:
        from notifications import checks  # noqa: F401
        from notifications.actions import forget_devices_of_session, settle_thread
        from village.core import sessions
        from village.journal import notices

        sessions.declare_end(forget_devices_of_session)
        notices.settled_by(settle_thread)
