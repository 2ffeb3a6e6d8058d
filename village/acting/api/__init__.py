"""Acting for somebody over HTTP, and watching over it."""

from __future__ import annotations

from village.acting.api import sitting, watching
from village.core.router import Router

router = Router()
for part in (sitting, watching):
    router.add_router("", part.router)
