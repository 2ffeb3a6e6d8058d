from __future__ import annotations

from village.core.router import Router

router = Router()
