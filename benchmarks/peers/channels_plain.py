"""
A board as the tutorial of Channels teaches it: a group for each, and ``group_send``.

``/ws/<board>`` is open to everybody. ``/known/<board>?since=<id>`` knows its visitors by their
session and sends each what it missed, by a query of its own.
"""

from __future__ import annotations

import os
from typing import Any
from urllib.parse import parse_qs

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "benchmarks.peers.channels_settings")

from django.core.asgi import get_asgi_application

pages = get_asgi_application()

from channels.auth import AuthMiddlewareStack  # noqa: E402 - needs the apps to be ready
from channels.db import database_sync_to_async  # noqa: E402
from channels.generic.websocket import AsyncJsonWebsocketConsumer  # noqa: E402
from channels.routing import ProtocolTypeRouter, URLRouter  # noqa: E402
from django.urls import path  # noqa: E402

from benchmarks.board.models import Note  # noqa: E402


class Board(AsyncJsonWebsocketConsumer):
    """Show a board's notes as they come."""

    async def connect(self) -> None:
        """Join the board's group."""
        self.board = self.scope["url_route"]["kwargs"]["board"]
        await self.channel_layer.group_add(f"bench.{self.board}", self.channel_name)
        await self.accept()
        await self.send_json({"type": "subscribed", "topic": f"bench/{self.board}", "seq": 0})

    async def disconnect(self, code: int) -> None:
        """Leave it."""
        await self.channel_layer.group_discard(f"bench.{self.board}", self.channel_name)

    async def topic_event(self, message: dict[str, Any]) -> None:
        """Show an event."""
        await self.send_json(message["event"])


class KnownBoard(Board):
    """Show a board's notes to who is signed in, with those that were missed."""

    async def connect(self) -> None:
        """Join the group, then send what was missed."""
        if self.scope["user"].is_anonymous:
            await self.close()
            return
        await super().connect()
        since = int(parse_qs(self.scope["query_string"])[b"since"][0])
        for number, note in enumerate(await self.missed(since), start=1):
            shown = {"id": note.pk, "text": note.text, "at": note.at.isoformat()}
            await self.send_json(
                {
                    "type": "event",
                    "topic": f"bench/{self.board}",
                    "seq": number,
                    "kind": "board.note_written",
                    "at": note.at.isoformat(),
                    "data": shown,
                }
            )

    @database_sync_to_async
    def missed(self, since: int) -> list[Note]:
        """Read the notes after an id."""
        return list(Note.objects.filter(board=self.board, id__gt=since).order_by("id"))


application = ProtocolTypeRouter(
    {
        "http": pages,
        "websocket": URLRouter(
            [
                path("ws/<int:board>", Board.as_asgi()),
                path("known/<int:board>", AuthMiddlewareStack(KnownBoard.as_asgi())),
            ]
        ),
    }
)
