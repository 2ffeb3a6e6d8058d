"""Inbox, devices, decisions, and what a centre does by hand, over HTTP."""

from __future__ import annotations

from notifications.api import hands, me
from village.core.router import Router

router = Router()
for part in (me, hands):
    router.add_router("", part.router)
