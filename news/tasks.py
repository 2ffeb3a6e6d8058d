"""What happens to the news in the background: feeds are pulled, pictures are copied."""

from __future__ import annotations

import random
from uuid import UUID

import structlog
from celery import Task, shared_task
from django.utils import timezone
from kombu.exceptions import OperationalError

from news import pull, queries, rendering
from news.actions import pictures

log = structlog.get_logger(__name__)
# With images.WALL_SECONDS for each, still within what a task may take.
RENDERED_AT_ONCE = 4


@shared_task
def pull_due_feeds() -> int:
    """Have each feed that is due pulled; give their number. Asked twice, a feed is pulled once."""
    return sum(_begin(pull_feed, each) for each in queries.due_feeds(timezone.now()))


@shared_task
def pull_feed(feed_id: str) -> None:
    """Pull one feed, unless somebody else is at it."""
    # Jitter is no secret, only spread.
    pull.pull_feed(UUID(feed_id), at=timezone.now(), jitter=random.random())


@shared_task
def render_picture(picture_id: str) -> None:
    """Make the copies of one picture, unless somebody else is at it."""
    rendering.render_picture(UUID(picture_id), at=timezone.now())


@shared_task
def render_waiting_pictures() -> int:
    """Make the copies that no nudge has led to; give the number of pictures shown by it."""
    rendering.delete_stray_originals(at=timezone.now())
    waiting = queries.due_pictures(timezone.now(), at_most=RENDERED_AT_ONCE)
    return sum(rendering.render_picture(each, at=timezone.now()) for each in waiting)


def nudge_rendering(picture_id: UUID) -> None:
    """Wake a worker for a fresh upload; without a broker the sweep finds it."""
    _begin(render_picture, picture_id)


pictures.wakers.append(nudge_rendering)


def _begin(task: Task, object_id: UUID) -> bool:
    try:
        task.apply_async((str(object_id),), retry=False)
    except (OperationalError, OSError) as error:
        log.warning("nudge_failed", error=type(error).__name__)
        return False
    return True
