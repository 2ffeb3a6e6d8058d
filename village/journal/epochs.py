"""
Epochs: how clients learn that the store may have lost history.

A position is an epoch and a number. After a restore the same numbers may be given again, so
every stream gets a new epoch, and clients load their lists anew instead of believing their
old numbers.
"""

from __future__ import annotations

import structlog
from django.db import connection, transaction

from village.journal.models import Store, Stream, new_epoch

log = structlog.get_logger(__name__)


def rotate(address: str | None = None) -> int:
    """Give one stream, or every stream, a new epoch; give the number of streams."""
    streams = Stream.objects.all() if address is None else Stream.objects.filter(address=address)
    rotated = streams.update(epoch=new_epoch())
    log.warning("epochs_rotated", streams=rotated)
    return rotated


def rotate_if_restored() -> bool:
    """
    Rotate when the database is another one than before: restored, promoted, or copied.

    PostgreSQL tells by its system identifier and its timeline, which any role may read. A
    SQLite file tells nothing: there ``manage.py streams rotate`` belongs to every restore.
    """
    if connection.vendor != "postgresql":
        return False
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT s.system_identifier::text, c.timeline_id"
            " FROM pg_control_system() s, pg_control_checkpoint() c"
        )
        identifier, timeline = cursor.fetchone()
    with transaction.atomic():
        known, is_new = Store.objects.select_for_update().get_or_create(
            pk=1, defaults={"identifier": identifier, "timeline": timeline}
        )
        if is_new or (known.identifier, known.timeline) == (identifier, timeline):
            return False
        rotate()
        known.identifier, known.timeline = identifier, timeline
        known.save(update_fields=["identifier", "timeline"])
    return True
