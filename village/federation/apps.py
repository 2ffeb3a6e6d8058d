from __future__ import annotations

from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class FederationConfig(AppConfig):
    name = "village.federation"
    label = "federation"

    def ready(self) -> None:
        autodiscover_modules("shelf")
