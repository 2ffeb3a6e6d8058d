"""Sign-in, and from a session to an Actor: who is here, and for whom she acts."""

from __future__ import annotations

from village.auth.acting import ActorMiddleware, ApiKeyBearer, SessionCookie, SessionToken

__all__ = ["ActorMiddleware", "ApiKeyBearer", "SessionCookie", "SessionToken"]
