"""``websockets.broadcast`` on uvloop, without compression; python -m ... PORT."""

from __future__ import annotations

import asyncio
import sys
from collections import defaultdict

import uvloop
from websockets.asyncio.server import ServerConnection, broadcast, serve

boards: defaultdict[str, set[ServerConnection]] = defaultdict(set)


async def converse(socket: ServerConnection) -> None:
    """Take events from the publisher, or keep a follower."""
    assert socket.request is not None
    if socket.request.path == "/publish":
        async for message in socket:
            board, _, event = str(message).partition("|")
            broadcast(boards[board], event)
        return
    board = socket.request.path.rpartition("/")[2]
    boards[board].add(socket)
    try:
        await socket.send(f'{{"type":"subscribed","topic":"bench/{board}","seq":0}}')
        await socket.wait_closed()
    finally:
        boards[board].discard(socket)


async def main(port: int) -> None:
    """Serve for good."""
    async with serve(
        converse, "127.0.0.1", port, compression=None, backlog=4096, open_timeout=None
    ):
        await asyncio.get_running_loop().create_future()


if __name__ == "__main__":
    uvloop.run(main(int(sys.argv[1])))
