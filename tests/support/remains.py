"""Looking for what is left of somebody: in every table, file, cache and queue."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.sessions.models import Session
from django.core.cache import caches
from django.core.cache.backends.locmem import LocMemCache
from django.db import connection


def remains(marker: str) -> list[str]:
    """Name every place that still holds a marker."""
    return [*_tables(marker), *_sessions(marker), *_files(marker), *_cache(marker)]


def _tables(marker: str) -> Iterator[str]:
    """Look into every column of every table, whoever made it."""
    with connection.cursor() as cursor:
        tables = connection.introspection.table_names(cursor)
        for table in tables:
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")
            columns = [each[0] for each in cursor.description]
            for row in cursor.fetchall():
                for column, value in zip(columns, row, strict=True):
                    if marker in _text(value):
                        yield f"{table}.{column}: {_text(value)[:200]}"


def _sessions(marker: str) -> Iterator[str]:
    """Look into sessions, whose table holds them encoded."""
    for session in Session.objects.all():
        if marker in str(session.get_decoded()):
            yield f"session {session.get_decoded()}"


def _files(marker: str) -> Iterator[str]:
    for path in Path(settings.MEDIA_ROOT).rglob("*"):
        if marker in path.name or (path.is_file() and marker.encode() in path.read_bytes()):
            yield str(path)


def _cache(marker: str) -> Iterator[str]:
    cache: Any = caches["default"]
    if isinstance(cache, LocMemCache):
        kept: Any = cache
        for key, value in kept._cache.items():
            if marker in key or marker.encode() in value:
                yield f"cache {key}"
        return
    client = cache._cache.get_client()
    for key in client.scan_iter():
        if marker.encode() in key or marker.encode() in client.dump(key):
            yield f"redis {key!r}"
        # A dump may be compressed: what a queue holds is looked at as it is.
        if client.type(key) == b"list":
            if any(marker.encode() in each for each in client.lrange(key, 0, -1)):
                yield f"queue {key!r}"
        elif client.type(key) == b"hash" and marker in str(client.hgetall(key)):
            yield f"hash {key!r}"


def _text(value: Any) -> str:
    if isinstance(value, memoryview):
        value = bytes(value)
    return value.decode(errors="replace") if isinstance(value, bytes) else str(value)
