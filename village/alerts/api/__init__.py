"""Warnings and roll calls over HTTP."""

from __future__ import annotations

from village.alerts.api import rollcalls, warnings
from village.core.router import Router

router = Router()
for part in (warnings, rollcalls):
    router.add_router("", part.router)
