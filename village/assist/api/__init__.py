"""Assisted mode over HTTP. Nothing here is ever done in somebody else's name."""

from __future__ import annotations

from village.assist.api import centres, mandates, people
from village.core.router import Router

router = Router()
for part in (centres, people, mandates):
    router.add_router("", part.router)
