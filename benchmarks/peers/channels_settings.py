"""The village's settings with the channel layer that Channels recommends for groups."""

from __future__ import annotations

from benchmarks.settings import *  # noqa: F403
from benchmarks.settings import REDIS_URL

CHANNEL_LAYERS = {
    "default": {
        "BACKEND": "channels_redis.pubsub.RedisPubSubChannelLayer",
        "CONFIG": {"hosts": [REDIS_URL]},
    }
}
ASGI_APPLICATION = "benchmarks.peers.channels_plain.application"
