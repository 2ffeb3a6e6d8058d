"""Writing, publishing, correcting, taking back and reading."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.html import linebreaks
from django.utils.translation import gettext as _

from news import facts, policies, queries
from news.models import Article, ArticleStatus, ReadMark
from village.core.actor import Actor
from village.core.errors import DomainError, NotFound, StaleEdit
from village.core.html import clean, fold, printable, summary
from village.journal.actions import record
from village.residents.queries import member_of

SUMMARY = 280


class AlreadyRetracted(DomainError):
    """The article has been taken back, which is final."""

    code = "news.article_retracted"

    def __init__(self) -> None:
        super().__init__(_("This article has been taken back."))


@transaction.atomic
def write_article(
    *,
    by: Actor,
    village: str,
    outlet_id: UUID,
    title: str,
    text: str,
    publish: bool,
    at: datetime,
) -> Article:
    """
    Write an article for an outlet: a draft, or published at once.

    :raises NotFound: if the actor's village has no such outlet
    :raises Forbidden: if she is not one of its editors
    """
    outlet = queries.outlet_in(member_of(by, village).pk, outlet_id)
    policies.may_write(by, outlet).enforce()
    article = Article(village_id=village, outlet=outlet, author_id=by.principal_id, created_at=at)
    _say(article, title=title, text=text)
    article.save(force_insert=True)
    if publish:
        _publish(article, by=by, at=at)
    return article


@transaction.atomic
def publish_article(*, by: Actor, article_id: UUID, at: datetime) -> Article:
    """
    Publish a draft; a second call changes nothing.

    Its pictures need not be ready: news does not wait for a worker, and each picture follows
    in a fact of its own (``ArticlePictured``).

    :raises NotFound: if there is no such article that the actor may read
    :raises Forbidden: if she is not one of the outlet's editors
    :raises AlreadyRetracted: if it has been taken back
    """
    article = held(by, article_id)
    policies.may_write(by, article.outlet).enforce()
    _refuse_retracted(article)
    if article.status == ArticleStatus.DRAFT:
        _publish(article, by=by, at=at)
    return article


@transaction.atomic
def correct_article(
    *,
    by: Actor,
    article_id: UUID,
    title: str | None = None,
    text: str | None = None,
    seen_version: int | None = None,
    at: datetime,
) -> Article:
    """
    Change what an article says; its version is then one higher.

    ``seen_version`` is what the editor has before her, where she asks for the guard.

    :raises NotFound: if there is no such article that the actor may read
    :raises Forbidden: if she is not one of the outlet's editors, or a feed has brought it
    :raises AlreadyRetracted: if it has been taken back
    :raises StaleEdit: if it is no longer of ``seen_version``
    """
    article = held(by, article_id)
    policies.may_correct(by, article).enforce()
    _refuse_retracted(article)
    if seen_version is not None and article.version != seen_version:
        raise StaleEdit
    before = (article.title, article.text)
    _say(
        article,
        title=article.title if title is None else title,
        text=article.text if text is None else text,
    )
    if (article.title, article.text) == before:
        return article
    article.version += 1
    article.edited_at = at
    article.save(update_fields=["title", "text", "html", "summary", "version", "edited_at"])
    if article.status == ArticleStatus.PUBLISHED:
        record(
            facts.ArticleCorrected(
                village=article.village_id, article_id=article.pk, version=article.version
            ),
            by=by,
            at=at,
        )
    return article


@transaction.atomic
def retract_article(*, by: Actor, article_id: UUID, at: datetime) -> Article:
    """
    Take an article back for good; a second call changes nothing.

    From then on only the outlet's editors can see it, every earlier frame of it is a
    tombstone, and its feed does not bring it again.

    :raises NotFound: if there is no such article that the actor may read
    :raises Forbidden: if she may not take it back
    """
    article = held(by, article_id)
    policies.may_retract(by, article).enforce()
    if article.status == ArticleStatus.RETRACTED:
        return article
    was_published = article.status == ArticleStatus.PUBLISHED
    article.status = ArticleStatus.RETRACTED
    article.save(update_fields=["status"])
    if was_published:
        record(
            facts.ArticleRetracted(village=article.village_id, article_id=article.pk),
            by=by,
            at=at,
        )
    return article


@transaction.atomic
def mark_as_read(*, by: Actor, article_id: UUID, at: datetime) -> ReadMark:
    """
    Keep that the principal has read an article; a helper has read it to her.

    A second call changes nothing.

    :raises NotFound: if there is no such article that she may read
    :raises OutOfScope: if the mandate does not cover the news
    """
    article = Article.objects.filter(pk=article_id).first()
    if article is None:
        raise NotFound
    policies.may_read(by, article).enforce()
    mark, is_new = ReadMark.objects.get_or_create(
        article=article,
        resident_id=by.principal_id,
        defaults={"read_aloud": by.is_assisted, "at": at},
    )
    if is_new:
        record(
            facts.ArticleRead(
                village=article.village_id,
                article_id=article.pk,
                resident_id=by.principal_id,
            ),
            by=by,
            at=at,
        )
    return mark


def held(by: Actor, article_id: UUID) -> Article:
    """Lock an article until commit, so that of two edits the second sees the first."""
    visible = queries.articles_visible_to(by).filter(pk=article_id)
    article = visible.select_for_update(of=("self",)).select_related("outlet").first()
    if article is None:
        raise NotFound
    return article


def _refuse_retracted(article: Article) -> None:
    if article.status == ArticleStatus.RETRACTED:
        raise AlreadyRetracted


def _say(article: Article, *, title: str, text: str) -> None:
    article.title = fold(title)
    article.text = printable(text).strip()
    article.html = clean(linebreaks(article.text, autoescape=True))
    article.summary = summary(article.text, SUMMARY)


def _publish(article: Article, *, by: Actor, at: datetime) -> None:
    article.status = ArticleStatus.PUBLISHED
    article.published_at = at
    article.save(update_fields=["status", "published_at"])
    record(
        facts.ArticlePublished(
            village=article.village_id,
            article_id=article.pk,
            outlet_id=article.outlet_id,
            author_id=article.author_id,
        ),
        by=by,
        at=at,
    )
