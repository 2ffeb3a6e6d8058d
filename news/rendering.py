"""From a waiting upload to clean copies, in a worker and outside of any transaction."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta
from uuid import UUID

import structlog
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

from news import actions
from news.actions.pictures import ORIGINALS
from news.models import Picture
from village.core import images
from village.core.actor import SYSTEM
from village.core.images import ImageRefused

log = structlog.get_logger(__name__)
COPIES = "news/pictures"
# By then a request that was going to fail has failed, and a worker has cleared up or is dead.
SETTLED_AFTER = timedelta(hours=1)


def render_picture(picture_id: UUID, *, at: datetime) -> bool:
    """
    Make the copies of a waiting picture, if nobody else is at it; tell whether it is shown now.

    A worker that is killed here leaves a claim behind that runs out, and the sweep begins anew.
    When the machine cannot do it now (``TimeoutError``, ``RuntimeError``) the claim is left to
    run out as well: the wait is the same, and the tries are counted.
    """
    claim = actions.claim_picture(by=SYSTEM, picture_id=picture_id, at=at)
    if claim is None:
        return False
    folder = f"{COPIES}/{claim.pk}"
    try:
        with default_storage.open(claim.original) as original:
            rendered = images.render(original.read())
    except FileNotFoundError:
        log.exception("original_lost", picture=str(claim.pk))
        actions.refuse_picture(by=SYSTEM, claim=claim, refused=actions.original_lost())
        return False
    except ImageRefused as refused:
        actions.refuse_picture(by=SYSTEM, claim=claim, refused=refused)
        _keep_only((), folder, claim.original)
        return False
    except (TimeoutError, RuntimeError):
        log.exception("picture_not_rendered", picture=str(claim.pk), tries=claim.tries)
        return False
    # Each try has names of its own: one that comes too late writes over nobody's copies.
    names = [
        default_storage.save(
            f"{folder}/{claim.tries}-{variant.width}.webp", ContentFile(variant.webp)
        )
        for variant in rendered.variants
    ]
    if not actions.keep_rendered_picture(
        by=SYSTEM, claim=claim, rendered=rendered, names=names, at=at
    ):
        for name in names:
            default_storage.delete(name)
        return False
    _keep_only(names, folder, claim.original)
    return True


def delete_stray_originals(*, at: datetime) -> int:
    """
    Delete the uploads that nothing waits for; give their number.

    They are left by a request that failed after its file was stored, and by a worker that was
    killed between its commit and the deletion. No original outlives its purpose by much more
    than ``SETTLED_AFTER``: it may hold where its photographer lives.
    """
    stray = [
        name
        for name in _files_in(ORIGINALS)
        if default_storage.get_modified_time(name) < at - SETTLED_AFTER
    ]
    if stray:
        awaited = set(Picture.objects.filter(original__in=stray).values_list("original", flat=True))
        stray = [name for name in stray if name not in awaited]
    for name in stray:
        default_storage.delete(name)
    return len(stray)


def _keep_only(names: Collection[str], folder: str, original: str) -> None:
    """Delete the original, and what earlier tries have left in the folder."""
    for name in _files_in(folder):
        if name not in names:
            default_storage.delete(name)
    default_storage.delete(original)


def _files_in(folder: str) -> list[str]:
    try:
        return [f"{folder}/{name}" for name in default_storage.listdir(folder)[1]]
    except FileNotFoundError:
        return []
