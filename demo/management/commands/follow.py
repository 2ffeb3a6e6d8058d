"""Follow a topic over a socket, as a phone would, and print what comes."""

from __future__ import annotations

import json
import urllib.request
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect
from websockets.typing import Subprotocol


class Command(BaseCommand):
    """The smallest client of the live channels: ticket, hello, subscribe, print, acknowledge."""

    help = "Follow a topic of the running village: follow TOKEN villages/lindental/news --count 1"

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare what to follow."""
        parser.add_argument("token", help="what 'manage.py token NAME' prints")
        parser.add_argument("topic", help="such as villages/lindental/news")
        parser.add_argument("--count", type=int, default=0, help="stop after so many events")
        parser.add_argument("--url", default=settings.SITE_URL, help="where the village is served")

    def handle(
        self, *args: Any, token: str, topic: str, count: int, url: str, **options: Any
    ) -> None:
        """
        Follow until so many events have come, or until Ctrl-C.

        :raises CommandError: if the village does not let us follow
        """
        address = url.replace("http", "ws", 1) + "/ws"
        try:
            with connect(address, subprotocols=[Subprotocol("village.v1")]) as socket:
                socket.send(json.dumps({"type": "hello", "ticket": _ticket(url, token)}))
                for text in socket:
                    frame = json.loads(text)
                    self.stdout.write(str(text))
                    self.stdout.flush()
                    if frame["type"] == "welcome":
                        socket.send(json.dumps({"type": "subscribe", "topic": topic}))
                    elif frame["type"] == "event":
                        seq = frame["seq"]
                        socket.send(json.dumps({"type": "ack", "topic": topic, "seq": seq}))
                        count -= 1
                        if count == 0:
                            return
                    elif frame["type"] == "refused":
                        raise CommandError(f"This topic may not be followed: {frame['code']}")
        except (OSError, ConnectionClosed) as error:
            raise CommandError(f"The village at {url} does not answer: {error}") from None
        except KeyboardInterrupt:
            return


def _ticket(url: str, token: str) -> str:
    request = urllib.request.Request(
        f"{url}/api/v1/realtime/tickets", method="POST", headers={"X-Session-Token": token}
    )
    with urllib.request.urlopen(request, timeout=10) as answer:
        ticket: str = json.load(answer)["ticket"]
    return ticket
