"""One pull of a feed: ask, read, take in, and say when to ask again."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import structlog
from django.conf import settings

from news import actions
from news.feeds import MAX_BYTES, FeedDocument, FeedError, parse
from news.models import Feed, FeedStatus
from village.core.actor import SYSTEM
from village.core.outbound import Fetched, Limits, OutboundError, fetch
from village.core.outbound.pulling import (
    Outcome,
    conditional_headers,
    moved_to,
    next_pull,
    outcome,
)

log = structlog.get_logger(__name__)
LIMITS = Limits(seconds=20.0, body_bytes=MAX_BYTES)
ACCEPT = "application/atom+xml, application/rss+xml, application/xml;q=0.9, */*;q=0.1"


def pull_feed(feed_id: UUID, *, at: datetime, jitter: float) -> actions.Taken | None:
    """
    Pull a feed if it is due and nobody else is at it; ``None`` when there was nothing to do.

    While the network is asked, no transaction is open. What the feed says is taken in by
    several; its ETag is kept only after the last, so that a worker that is killed in between
    leaves a feed behind that will be asked for all of it again.
    """
    claim = actions.claim_feed(by=SYSTEM, feed_id=feed_id, at=at)
    if claim is None:
        return None
    answer = _ask(claim, at=at, jitter=jitter)
    taken = actions.Taken()
    if answer.document is not None:
        taken = actions.take_in(by=SYSTEM, feed_id=claim.pk, items=answer.document.items, at=at)
    actions.note_pull(by=SYSTEM, claim=claim, pull=answer.pull, at=at)
    log.info(
        "feed_pulled",
        feed=str(claim.pk),
        status=answer.pull.status.value,
        error=answer.pull.error,
        new=taken.new,
        changed=taken.changed,
    )
    return taken


@dataclass(frozen=True, slots=True)
class _Answer:
    pull: actions.Pull
    document: FeedDocument | None = None


def _ask(feed: Feed, *, at: datetime, jitter: float) -> _Answer:
    """Ask a feed what is new, and read its answer; whatever it does is an answer here."""

    def failed(error: str, *, retry_after: str = "") -> _Answer:
        due_at = next_pull(
            at,
            # Whatever it was, it was no use: a redirect to nowhere, a page, silence.
            status=None,
            retry_after=retry_after,
            ttl_minutes=feed.ttl_minutes,
            failures=feed.failures + 1,
            jitter=jitter,
        )
        return _Answer(actions.Pull(FeedStatus.FAILING, due_at, error=error))

    try:
        fetched = fetch(
            feed.url,
            headers={
                "user-agent": f"pocket-village/1 (+{settings.SITE_URL})",
                "accept": ACCEPT,
                **conditional_headers(feed.etag, feed.last_modified),
            },
            limits=LIMITS,
            allowed=frozenset(settings.OUTBOUND_ALLOWED_HOSTS),
        )
    except OutboundError as error:
        return failed(error.code)

    result = outcome(fetched.status)
    if result is Outcome.GONE:
        return _Answer(actions.Pull(FeedStatus.GONE, at, error=f"http.{fetched.status}"))
    if result is Outcome.UNCHANGED:
        return _Answer(_read(feed, fetched, None, at=at, jitter=jitter))
    if result is not Outcome.OK:
        retry_after = fetched.headers.get("retry-after", "")
        return failed(f"http.{fetched.status}", retry_after=retry_after)
    try:
        document = parse(
            fetched.body,
            content_type=fetched.headers.get("content-type"),
            base_url=fetched.url,
            now=at,
        )
    except FeedError as error:
        return failed(error.code)
    return _Answer(_read(feed, fetched, document, at=at, jitter=jitter), document)


def _read(
    feed: Feed, fetched: Fetched, document: FeedDocument | None, *, at: datetime, jitter: float
) -> actions.Pull:
    """Say what to keep of a good answer; without a document, nothing had changed."""
    ttl_minutes = feed.ttl_minutes if document is None else document.ttl_minutes
    due_at = next_pull(
        at,
        status=fetched.status,
        retry_after=fetched.headers.get("retry-after", ""),
        ttl_minutes=ttl_minutes,
        failures=0,
        jitter=jitter,
    )
    etag = last_modified = None
    if document is not None:
        # Of what came cut off or garbled, all is wanted again.
        whole = {} if document.damaged else fetched.headers
        etag, last_modified = whole.get("etag", ""), whole.get("last-modified", "")
    return actions.Pull(
        FeedStatus.OK,
        due_at,
        url=moved_to((hop.status, hop.url) for hop in fetched.hops),
        etag=etag,
        last_modified=last_modified,
        ttl_minutes=ttl_minutes,
    )
