"""The news over HTTP."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.utils import timezone
from ninja import File, Form, Query, Status
from ninja.files import UploadedFile

from news import actions, queries, schemas
from news.schemas import (
    ArticleIn,
    ArticleOut,
    ArticleReadOut,
    ArticlesQuery,
    ArticleStatusOut,
    CorrectionIn,
    FeedIn,
    FeedOut,
    FullArticleOut,
    OutletIn,
    OutletOut,
    PictureIn,
    PictureOut,
)
from village.core.actor import KeyScope, Level, Scope
from village.core.etags import guard_edit
from village.core.http import ActorRequest
from village.core.images import MAX_BYTES
from village.core.json import dump
from village.core.permissions import MEMBERS, Standing, may
from village.core.router import Router
from village.core.schemas import PageOut, PageQuery
from village.journal.listing import listing

router = Router()
READS = may(Standing.MEMBER, Standing.EDITOR, Standing.NEIGHBOUR, key=KeyScope.NEWS_READ)
LISTS = may(Standing.MEMBER, key=KeyScope.NEWS_READ)
NEWS = may(Standing.MEMBER, Standing.NEIGHBOUR, key=KeyScope.NEWS_READ)
WRITES = may(Standing.EDITOR, seen_by=[Standing.MEMBER], key=KeyScope.NEWS_WRITE)
FEEDS = may(Standing.EDITOR, Standing.STEWARD, seen_by=[Standing.MEMBER])


@router.get(
    "/villages/{slug:v}/outlets", response=PageOut[OutletOut], scope=Scope.NEWS_READ, who=LISTS
)
def list_outlets(request: ActorRequest, v: str, query: Query[PageQuery]) -> dict[str, Any]:
    """List the publishers of a village."""
    return listing(
        lambda: queries.outlets_of(request.actor, v),
        schemas.outlets_out,
        query=query,
        order=("name", "id"),
    )


@router.post(
    "/villages/{slug:v}/outlets",
    response={201: OutletOut},
    scope=None,
    who=may(Standing.STEWARD, seen_by=[Standing.MEMBER]),
)
def open_outlet(request: ActorRequest, v: str, data: OutletIn) -> Status[OutletOut]:
    """Let a publisher in, as steward."""
    outlet = actions.open_outlet(
        by=request.actor, village=v, **data.model_dump(), at=timezone.now()
    )
    return Status(201, schemas.outlet_out(outlet))


@router.get(
    "/villages/{slug:v}/articles",
    response=PageOut[ArticleOut],
    scope=Scope.NEWS_READ,
    who=NEWS,
)
def list_articles(request: ActorRequest, v: str, query: Query[ArticlesQuery]) -> dict[str, Any]:
    """List the news of a village, the newest first."""
    return listing(
        lambda: queries.news_of(request.actor, v, outlet=query.outlet),
        schemas.articles_out,
        query=query,
        order=("-published_at", "-id"),
        address=f"villages/{v}/news",
    )


@router.post("/villages/{slug:v}/articles", response={201: FullArticleOut}, scope=None, who=WRITES)
def write_article(request: ActorRequest, v: str, data: ArticleIn) -> Status[FullArticleOut]:
    """Write an article as editor of its outlet, and publish it or not yet."""
    article = actions.write_article(
        by=request.actor,
        village=v,
        outlet_id=data.outlet,
        title=data.title,
        text=data.text,
        publish=data.publish,
        at=timezone.now(),
    )
    return Status(201, _show(request, article.pk))


@router.get(
    "/villages/{slug:v}/drafts",
    response=PageOut[ArticleOut],
    scope=None,
    who=may(Standing.MEMBER, note="an editor sees those of her outlets"),
)
def list_drafts(request: ActorRequest, v: str, query: Query[PageQuery]) -> dict[str, Any]:
    """List the drafts of the outlets that one edits, the newest first."""
    return listing(
        lambda: queries.drafts_of(request.actor, v),
        schemas.articles_out,
        query=query,
        order=("-created_at", "-id"),
    )


@router.get(
    "/villages/{slug:v}/reads", response=PageOut[ArticleReadOut], scope=Scope.NEWS_READ, who=MEMBERS
)
def list_reads(request: ActorRequest, v: str, query: Query[PageQuery]) -> dict[str, Any]:
    """List what one has read in a village, the latest first."""
    return listing(
        lambda: queries.reading_of(request.actor, v),
        lambda marks: [schemas.read_out(mark) for mark in marks],
        query=query,
        order=("-at", "-id"),
    )


@router.get(
    "/articles/{uuid:article_id}", response=FullArticleOut, scope=Scope.NEWS_READ, who=READS
)
def show_article(request: ActorRequest, article_id: UUID) -> FullArticleOut:
    """Show an article to be read."""
    return schemas.full_article_out(queries.article_to_read(request.actor, article_id))


@router.post("/articles/{uuid:article_id}/publish", response=FullArticleOut, scope=None, who=WRITES)
def publish_article(request: ActorRequest, article_id: UUID) -> FullArticleOut:
    """Publish a draft."""
    actions.publish_article(by=request.actor, article_id=article_id, at=timezone.now())
    return _show(request, article_id)


@router.post("/articles/{uuid:article_id}/correct", response=FullArticleOut, scope=None, who=WRITES)
def correct_article(request: ActorRequest, article_id: UUID, data: CorrectionIn) -> FullArticleOut:
    """Change what an article says; with ``If-Match`` only what the editor has seen."""
    seen = queries.article_or_404(request.actor, article_id)
    guard_edit(request, dump(schemas.full_article_out(seen).model_dump()))
    actions.correct_article(
        by=request.actor,
        article_id=article_id,
        title=data.title,
        text=data.text,
        seen_version=seen.version if "If-Match" in request.headers else None,
        at=timezone.now(),
    )
    return _show(request, article_id)


@router.post(
    "/articles/{uuid:article_id}/retract",
    response=ArticleStatusOut,
    scope=None,
    who=may(
        Standing.EDITOR, seen_by=[Standing.MEMBER], note="a steward takes back what a feed brought"
    ),
)
def retract_article(request: ActorRequest, article_id: UUID) -> ArticleStatusOut:
    """Take an article back, for good."""
    article = actions.retract_article(by=request.actor, article_id=article_id, at=timezone.now())
    return schemas.article_status_out(article)


@router.post(
    "/articles/{uuid:article_id}/read",
    response=ArticleReadOut,
    scope=Scope.NEWS_READ,
    who=may(Standing.MEMBER),
    level=Level.READ,
)
def mark_as_read(request: ActorRequest, article_id: UUID) -> ArticleReadOut:
    """Keep that one has read an article, or in assisted mode that it was read to somebody."""
    mark = actions.mark_as_read(by=request.actor, article_id=article_id, at=timezone.now())
    return schemas.read_out(mark)


@router.post(
    "/articles/{uuid:article_id}/pictures", response={201: PictureOut}, scope=None, who=WRITES
)
def attach_picture(
    request: ActorRequest, article_id: UUID, file: File[UploadedFile], data: Form[PictureIn]
) -> Status[PictureOut]:
    """Add a picture: JPEG, PNG or WebP, at most 12 MiB; it is shown as soon as it has copies."""
    picture = actions.attach_picture(
        by=request.actor,
        article_id=article_id,
        # One byte more than is taken is enough to refuse it.
        data=file.read(MAX_BYTES + 1),
        alt=data.alt,
        at=timezone.now(),
    )
    return Status(201, schemas.picture_out(picture))


@router.get("/pictures/{uuid:picture_id}", response=PictureOut, scope=Scope.NEWS_READ, who=READS)
def show_picture(request: ActorRequest, picture_id: UUID) -> PictureOut:
    """Show what became of a picture."""
    return schemas.picture_out(queries.picture_or_404(request.actor, picture_id))


@router.delete("/pictures/{uuid:picture_id}", response={204: None}, scope=None, who=WRITES)
def remove_picture(request: ActorRequest, picture_id: UUID) -> Status[None]:
    """Take a picture away."""
    actions.remove_picture(by=request.actor, picture_id=picture_id, at=timezone.now())
    return Status(204, None)


@router.get("/villages/{slug:v}/feeds", response=PageOut[FeedOut], scope=None, who=FEEDS)
def list_feeds(request: ActorRequest, v: str, query: Query[PageQuery]) -> dict[str, Any]:
    """List the feeds that one looks after, as steward or editor, and how they are."""
    return listing(
        lambda: queries.feeds_of(request.actor, v),
        lambda feeds: [schemas.feed_out(feed) for feed in feeds],
        query=query,
        order=("created_at", "id"),
    )


@router.post("/villages/{slug:v}/feeds", response={201: FeedOut}, scope=None, who=FEEDS)
def add_feed(request: ActorRequest, v: str, data: FeedIn) -> Status[FeedOut]:
    """Listen to an address for an outlet; it is asked for the first time within a minute."""
    feed = actions.add_feed(
        by=request.actor, village=v, outlet_id=data.outlet, url=data.url, at=timezone.now()
    )
    return Status(201, schemas.feed_out(feed))


@router.post("/feeds/{uuid:feed_id}/stop", response=FeedOut, scope=None, who=FEEDS)
def stop_feed(request: ActorRequest, feed_id: UUID) -> FeedOut:
    """Listen to a feed no more; adding it again goes on where it stopped."""
    feed = actions.stop_feed(by=request.actor, feed_id=feed_id, at=timezone.now())
    return schemas.feed_out(feed)


def _show(request: ActorRequest, article_id: UUID) -> FullArticleOut:
    return schemas.full_article_out(queries.article_or_404(request.actor, article_id))
