"""The door for servers: HTTP to Django, sockets and streams to the nerves."""

from __future__ import annotations

import gc
import os

from channels.routing import ProtocolTypeRouter, URLRouter
from django.core.asgi import get_asgi_application
from django.urls import path, re_path

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "village.settings")
pages = get_asgi_application()

from village.realtime.consumer import Socket, refuse_socket  # noqa: E402 - needs the apps to be ready
from village.realtime.sse import EventStream  # noqa: E402

application = ProtocolTypeRouter(
    {
        "http": URLRouter([path("sse", EventStream()), re_path("", pages)]),  # type: ignore[arg-type,list-item]
        "websocket": URLRouter([path("ws", Socket()), re_path("", refuse_socket)]),  # type: ignore[arg-type,list-item]
    }
)

# What has been loaded stays: the collector need not look at it again for every few sockets.
gc.collect()
gc.freeze()
