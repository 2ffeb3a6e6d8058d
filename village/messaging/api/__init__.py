"""The town hall over HTTP."""

from __future__ import annotations

from village.core.router import Router
from village.messaging.api import cases, defects

router = Router()
for part in (cases, defects):
    router.add_router("", part.router)
