"""What there is to read, and for whom."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db.models import Case, F, Q, QuerySet, TextField, Value, When
from django.utils.translation import gettext as _

from news.models import (
    Article,
    ArticleQuerySet,
    ArticleStatus,
    Feed,
    Outlet,
    Picture,
    PictureStatus,
    ReadMark,
)
from village.core.actor import SYSTEM, Actor, Scope
from village.core.errors import Forbidden, NotFound, OutOfScope
from village.federation.models import Shared
from village.federation.queries import read_or_404, sources_for
from village.residents.models import Role, Village
from village.residents.places import Place
from village.residents.queries import held, holds, member_of, village_or_404, villages_of

# At most this many are begun at once; what is due longest goes first.
BEGUN_AT_ONCE = 100
# As many as a feed reader is told of.
TOLD_OUTSIDE = 50


def home_of(by: Actor, village: str) -> Village:
    """
    Find the village in which the actor does something; the system is at home in all.

    :raises NotFound: if there is none of this name, or she does not belong to it
    """
    return village_or_404(village) if by == SYSTEM else member_of(by, village)


def outlets_of(by: Actor, village: str) -> QuerySet[Outlet]:
    """
    Give the outlets of the actor's village.

    :raises NotFound: if she does not belong to it
    """
    _reader(by)
    return Outlet.objects.filter(village=member_of(by, village))


def outlet(outlet_id: UUID) -> Outlet | None:
    """Give an outlet, wherever it is."""
    return Outlet.objects.filter(pk=outlet_id).first()


def outlet_in(village: str, outlet_id: UUID) -> Outlet:
    """
    Find an outlet of a village.

    :raises NotFound: if the village has none of this id
    """
    found = Outlet.objects.filter(village=village, pk=outlet_id).first()
    if found is None:
        raise NotFound
    return found


def edited_by(by: Actor, village: str) -> QuerySet[Outlet]:
    """Give the outlets of a village that the actor edits."""
    return Outlet.objects.filter(held(by, Role.EDITOR, of="pk"), village=village)


def articles_readable_by(by: Actor) -> ArticleQuerySet:
    """
    Give what the actor may read: what she sees at home, and what neighbours show her village.

    :raises OutOfScope: if the mandate does not cover the news
    """
    shown = Q(status=ArticleStatus.PUBLISHED, village__in=sources_for(by, Shared.NEWS))
    return articles_visible_to(by) | Article.objects.filter(shown)


def articles_visible_to(by: Actor) -> ArticleQuerySet:
    """
    Give what the actor may read: all that is published in her villages, and all of her outlets.

    :raises OutOfScope: if the mandate does not cover the news
    """
    _reader(by)
    return Article.objects.filter(
        Q(status=ArticleStatus.PUBLISHED) | Q(held(by, Role.EDITOR, of="outlet")),
        village__in=villages_of(by),
    )


def article_to_read(by: Actor, article_id: UUID) -> Article:
    """
    Find an article with all that is shown of it, also one that a neighbouring village shows.

    :raises NotFound: if there is none that the actor may read
    """
    return _found(articles_readable_by(by), article_id)


def article_or_404(by: Actor, article_id: UUID) -> Article:
    """
    Find an article of the actor's village with all that is shown of it.

    :raises NotFound: if there is none that she sees
    """
    return _found(articles_visible_to(by), article_id)


def _found(articles: ArticleQuerySet, article_id: UUID) -> Article:
    found = articles.with_all_that_is_shown().filter(pk=article_id).first()
    if found is None:
        raise NotFound
    return found


def news_of(by: Actor, village: str, *, outlet: UUID | None = None) -> QuerySet[Article]:
    """
    Give the published articles of a village, to be listed.

    :raises NotFound: if the actor neither belongs to it nor is shown its news
    """
    _reader(by)
    found = published_in(read_or_404(by, village, Shared.NEWS).pk)
    return found if outlet is None else found.filter(outlet=outlet)


def published_in(village: str) -> QuerySet[Article]:
    """Give the published articles of a village, without their long texts."""
    found = Article.objects.published().filter(village=village)
    return found.with_all_that_is_shown().defer("text", "html")


def told_outside(village: str) -> list[Article]:
    """Give the newest published articles; only what was written here with its text."""
    found = Article.objects.published().filter(village=village).select_related("outlet")
    own_html = Case(When(feed=None, then=F("html")), default=Value(""), output_field=TextField())
    return list(
        found.defer("text", "html")
        .annotate(own_html=own_html)
        .order_by("-published_at", "-id")[:TOLD_OUTSIDE]
    )


def published(article_id: UUID) -> Article | None:
    """Find an article while it is published."""
    found = Article.objects.published().filter(pk=article_id)
    return found.with_all_that_is_shown().defer("text", "html").first()


def drafts_of(by: Actor, village: str) -> QuerySet[Article]:
    """
    Give the drafts of the outlets that the actor edits.

    :raises NotFound: if she does not belong to the village
    """
    drafts = Article.objects.filter(
        held(by, Role.EDITOR, of="outlet"),
        village=member_of(by, village),
        status=ArticleStatus.DRAFT,
    )
    return drafts.with_all_that_is_shown().defer("text", "html")


def reading_of(by: Actor, village: str) -> QuerySet[ReadMark]:
    """
    Give what the actor's principal has read in a village.

    :raises NotFound: if she does not belong to it
    """
    _reader(by)
    return ReadMark.objects.filter(
        resident=by.principal_id, article__village=member_of(by, village)
    ).select_related("article")


def mark(article_id: UUID, resident_id: UUID) -> ReadMark | None:
    """Find the mark that somebody has read an article."""
    marks = ReadMark.objects.filter(article=article_id, resident=resident_id)
    return marks.select_related("article").first()


def feeds_of(by: Actor, village: str) -> QuerySet[Feed]:
    """
    Give the feeds that the actor looks after: a steward all, an editor those of her outlets.

    :raises NotFound: if she does not belong to the village
    :raises Forbidden: if she looks after none
    """
    feeds = Feed.objects.filter(village=member_of(by, village)).select_related("outlet")
    if holds(by, village, Role.STEWARD):
        return feeds
    if not edited_by(by, village).exists():
        raise Forbidden(_("Only the steward and the editors of an outlet see its feeds."))
    return feeds.filter(held(by, Role.EDITOR, of="outlet"))


def picture_or_404(by: Actor, picture_id: UUID) -> Picture:
    """
    Find a picture: a ready one whose article the actor may read, or any of her outlets.

    :raises NotFound: if there is none
    """
    found = (
        Picture.objects.select_related("article")
        .filter(pk=picture_id, article__in=articles_readable_by(by))
        .first()
    )
    if found is None:
        raise NotFound
    is_shown = found.status == PictureStatus.READY
    edits = holds(by, found.village_id, Role.EDITOR, of=found.article.outlet_id)
    if not is_shown and not edits:
        raise NotFound
    return found


def copy_or_404(by: Actor, picture_id: UUID, width: int) -> str:
    """
    Find the file of one copy of a picture.

    :raises NotFound: if there is none that the actor may see
    """
    for variant in picture_or_404(by, picture_id).variants:
        if variant["width"] == width:
            name: str = variant["name"]
            return name
    raise NotFound


def due_feeds(at: datetime) -> list[UUID]:
    """Name the feeds that are to be asked now."""
    return list(
        Feed.objects.due(at).order_by("due_at", "pk").values_list("pk", flat=True)[:BEGUN_AT_ONCE]
    )


def due_pictures(at: datetime, *, at_most: int) -> list[UUID]:
    """Name the pictures that wait for their copies."""
    return list(
        Picture.objects.due(at).order_by("due_at", "pk").values_list("pk", flat=True)[:at_most]
    )


def outlet_places(village: str) -> dict[UUID, Place]:
    """Give the outlets of a village, for the roles that are of one."""
    found = Outlet.objects.filter(village=village).order_by("name")
    return {each.pk: Place(each.name, homepage=each.homepage) for each in found}


def _reader(by: Actor) -> None:
    if not by.may(Scope.NEWS_READ):
        raise OutOfScope
