"""What a request carries once it is known who acts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import HttpRequest

if TYPE_CHECKING:
    from village.core.actor import Actor


class ActorRequest(HttpRequest):
    """A request of somebody who is signed in; ``village.auth`` puts the actor there."""

    actor: Actor
    # The session that signed the request in; what is opened with it ends with it.
    session_key: str
