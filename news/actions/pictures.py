"""Pictures of articles: from an upload to clean copies."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from uuid import UUID, uuid4

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models import F, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from news import facts, policies, queries
from news.actions.articles import held
from news.models import Article, ArticleStatus, Picture, PictureStatus
from village.core import images
from village.core.actor import Actor
from village.core.errors import DomainError, NotFound
from village.core.html import fold
from village.core.images import ImageRefused, Rendered
from village.journal.actions import record

ORIGINALS = "news/originals"
# A render takes images.WALL_SECONDS at most.
LEASE = timedelta(minutes=2)
MAX_TRIES = 3
PER_ARTICLE = 20


GAVE_UP = (
    "image.gave_up",
    gettext_noop("This picture could not be opened, even at the third try. Please send another."),
)
# Told of each picture that waits, after its commit; ``tasks`` puts its nudge here.
wakers: list[Callable[[UUID], None]] = []


class PictureRefused(DomainError):
    """What was uploaded cannot be taken; the code is that of ``village.core.images``."""

    code = "image.refused"
    status = 422

    def __init__(self, refused: ImageRefused) -> None:
        super().__init__(_(refused.sentence), field="file")
        # Each kind of refusal keeps its own code, wherever it is told.
        self.code = refused.code  # type: ignore[misc]


class TooManyPictures(DomainError):
    """The article has as many pictures as an article may have."""

    code = "news.too_many_pictures"

    def __init__(self) -> None:
        super().__init__(_("An article has at most %(number)d pictures.") % {"number": PER_ARTICLE})


@transaction.atomic
def attach_picture(*, by: Actor, article_id: UUID, data: bytes, alt: str, at: datetime) -> Picture:
    """
    Take a picture for an article; it waits for its copies, and nobody sees it before.

    :raises NotFound: if there is no such article that the actor may read
    :raises Forbidden: if she is not one of the outlet's editors
    :raises PictureRefused: if it is too large, or no picture that can be shown
    :raises TooManyPictures: if the article has enough
    """
    article = held(by, article_id)
    policies.may_write(by, article.outlet).enforce()
    try:
        images.inspect(data)
    except ImageRefused as refused:
        raise PictureRefused(refused) from refused
    kept = Picture.objects.filter(article=article).exclude(status=PictureStatus.REFUSED)
    if kept.count() >= PER_ARTICLE:
        raise TooManyPictures
    key = uuid4()
    picture = Picture.objects.create(
        id=key,
        village_id=article.village_id,
        article=article,
        alt=fold(alt),
        # If this transaction fails after all, the file is swept up later.
        original=default_storage.save(f"{ORIGINALS}/{key}", ContentFile(data)),
        due_at=at,
        created_at=at,
    )
    for wake in wakers:
        transaction.on_commit(partial(wake, picture.pk), robust=True)
    return picture


@transaction.atomic
def claim_picture(*, by: Actor, picture_id: UUID, at: datetime) -> Picture | None:
    """
    Take a waiting picture for as long as ``LEASE``; ``None`` when there is nothing to do.

    One that was taken ``MAX_TRIES`` times, and never came back, is refused: it kills whoever
    opens it.

    :raises Forbidden: if the actor is not the system
    """
    policies.may_take_in(by).enforce()
    due = Picture.objects.due(at).filter(pk=picture_id)
    if due.filter(tries__lt=MAX_TRIES).update(due_at=at + LEASE, tries=F("tries") + 1):
        return Picture.objects.get(pk=picture_id)
    due.update(
        status=PictureStatus.REFUSED, reason=GAVE_UP[0], reason_words=GAVE_UP[1], original=""
    )
    return None


@transaction.atomic
def keep_rendered_picture(
    *, by: Actor, claim: Picture, rendered: Rendered, names: list[str], at: datetime
) -> bool:
    """
    Show a picture by its copies, which are stored under ``names``, narrowest first.

    If its article is published already, the picture reaches the screens by a fact of its own.

    :raises Forbidden: if the actor is not the system
    """
    policies.may_take_in(by).enforce()
    # Held, so that the article is published either before the picture or with it.
    article = Article.objects.select_for_update().filter(pk=claim.article_id).first()
    variants = [
        {"width": variant.width, "height": variant.height, "name": name}
        for variant, name in zip(rendered.variants, names, strict=True)
    ]
    kept = _claimed(claim).update(
        status=PictureStatus.READY,
        original="",
        variants=variants,
        thumbhash=rendered.thumbhash,
        width=rendered.width,
        height=rendered.height,
    )
    if kept and article is not None and article.status == ArticleStatus.PUBLISHED:
        record(
            facts.ArticlePictured(
                village=article.village_id, article_id=article.pk, picture_id=claim.pk
            ),
            by=by,
            at=at,
        )
    return bool(kept)


@transaction.atomic
def refuse_picture(*, by: Actor, claim: Picture, refused: ImageRefused) -> bool:
    """
    Give a picture up, and keep why.

    :raises Forbidden: if the actor is not the system
    """
    policies.may_take_in(by).enforce()
    return bool(
        _claimed(claim).update(
            status=PictureStatus.REFUSED,
            reason=refused.code,
            reason_words=refused.sentence,
            original="",
        )
    )


@transaction.atomic
def remove_picture(*, by: Actor, picture_id: UUID, at: datetime) -> None:
    """
    Take a picture away; its files are gone with the commit.

    :raises NotFound: if there is no such picture that the actor may see
    :raises Forbidden: if she is not one of the outlet's editors
    """
    article = held(by, queries.picture_or_404(by, picture_id).article_id)
    policies.may_write(by, article.outlet).enforce()
    picture = Picture.objects.filter(pk=picture_id).first()
    if picture is None:
        raise NotFound
    was_shown = picture.status == PictureStatus.READY
    names = [*(each["name"] for each in picture.variants), picture.original]
    picture.delete()
    for name in filter(None, names):
        transaction.on_commit(partial(default_storage.delete, name), robust=True)
    if not was_shown or article.status != ArticleStatus.PUBLISHED:
        return
    article.version += 1
    article.edited_at = at
    article.save(update_fields=["version", "edited_at"])
    record(
        facts.ArticleCorrected(
            village=article.village_id, article_id=article.pk, version=article.version
        ),
        by=by,
        at=at,
    )


def _claimed(claim: Picture) -> QuerySet[Picture]:
    """Find the picture as long as the claim on it holds."""
    return Picture.objects.filter(pk=claim.pk, status=PictureStatus.WAITING, due_at=claim.due_at)


def original_lost() -> ImageRefused:
    """Give the refusal of a picture whose upload is not where it was stored."""
    return ImageRefused("image.lost", gettext_noop("This picture got lost. Please send it again."))
