"""The entrance over HTTP. Nothing here is ever done in somebody else's name."""

from __future__ import annotations

from village.core.router import Router
from village.entrance.api import asking, entering, recoveries

router = Router()
for part in (asking, entering, recoveries):
    router.add_router("", part.router)
