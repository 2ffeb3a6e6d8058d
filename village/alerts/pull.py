"""One pull of another authority's warnings: ask, read, take in, and say when to ask again."""

from __future__ import annotations

import time
from collections.abc import Mapping
from datetime import datetime, timedelta
from uuid import UUID

import structlog
from django.conf import settings

from village.alerts import actions, cap, indexes, queries
from village.alerts.models import AlertFeed, FeedStatus
from village.core.actor import SYSTEM
from village.core.outbound import Fetched, Limits, OutboundError, fetch
from village.core.outbound.pulling import Outcome, conditional_headers, next_pull, outcome

log = structlog.get_logger(__name__)
LIMITS = Limits(seconds=15.0, body_bytes=cap.MAX_BYTES)
ACCEPT = f"{cap.MEDIA_TYPE}, application/atom+xml, application/rss+xml, application/xml;q=0.9"
# What one pull fetches at most beside the index, and for how long; the rest is for the next one.
FETCHED_AT_ONCE = 30
SECONDS = 120.0
# A source of warnings is asked more often than one of news, and given up for less long.
SOONEST = timedelta(minutes=5)
LATEST = timedelta(hours=1)


def pull_source(feed_id: UUID, *, at: datetime, jitter: float) -> list[actions.TakenIn] | None:
    """
    Pull a source if it is due and nobody else is at it; ``None`` when there was nothing to do.

    While the network is asked, no transaction is open. Its ETag is kept only when all that it
    pointed to has been fetched, so that a worker that is killed in between loses nothing.
    """
    claim = actions.claim_source(by=SYSTEM, feed_id=feed_id, at=at)
    if claim is None:
        return None
    found = _Pull(claim, at, jitter)
    found.run()
    actions.note_pull(by=SYSTEM, claim=claim, pull=found.noted, heard=found.heard, at=at)
    log.info(
        "alert_feed_pulled",
        feed=str(claim.pk),
        status=found.noted.status.value,
        error=found.noted.error,
        taken=[each.value for each in found.taken],
    )
    return found.taken


class _Pull:
    def __init__(self, feed: AlertFeed, at: datetime, jitter: float) -> None:
        self._feed, self._at, self._jitter = feed, at, jitter
        self.taken: list[actions.TakenIn] = []
        self.heard: list[str] = []
        self.noted = self._noted(FeedStatus.FAILING, error="outbound.failed")

    def run(self) -> None:
        feed = self._feed
        try:
            answer = self._ask(feed.url, conditional_headers(feed.etag, feed.last_modified))
        except OutboundError as error:
            self.noted = self._noted(FeedStatus.FAILING, error=error.code)
            return
        result = outcome(answer.status)
        if result is Outcome.UNCHANGED:
            self.noted = self._noted(FeedStatus.OK, answer)
            return
        if result is not Outcome.OK:
            status = FeedStatus.GONE if result is Outcome.GONE else FeedStatus.FAILING
            self.noted = self._noted(status, answer, error=f"http.{answer.status}")
            return
        try:
            index = indexes.read(answer.body, base_url=answer.url)
        except cap.CapRefused:
            self.noted = self._noted(FeedStatus.FAILING, answer, error="cap.refused")
            return
        # Oldest first, so that an update finds what it speaks of.
        messages = list(index.messages)
        is_whole = self._fetch_all(index.pointers, messages)
        for message in sorted(messages, key=lambda each: each.sent):
            self.taken.append(actions.take_in(by=SYSTEM, feed=feed, message=message, at=self._at))
        self.noted = self._noted(FeedStatus.OK, answer)
        if is_whole:
            etag, modified = (answer.headers.get(name, "") for name in ("etag", "last-modified"))
            self.noted = self._noted(FeedStatus.OK, answer, etag=etag, last_modified=modified)

    def _fetch_all(
        self, pointers: tuple[indexes.Pointer, ...], messages: list[cap.Message]
    ) -> bool:
        """Fetch what has not been fetched before; tell whether nothing is left to fetch."""
        known = queries.heard_of(self._feed, (each.key for each in pointers))
        new = [each for each in pointers if each.key not in known]
        is_whole = len(new) <= FETCHED_AT_ONCE
        begun = time.monotonic()
        for pointer in new[:FETCHED_AT_ONCE]:
            if time.monotonic() - begun > SECONDS:
                return False
            try:
                answer = self._ask(pointer.address, {})
            except OutboundError:
                is_whole = False
                continue
            if outcome(answer.status) is not Outcome.OK:
                is_whole = is_whole and outcome(answer.status) is Outcome.GONE
                continue
            self.heard.append(pointer.key)
            try:
                messages.append(cap.read(answer.body))
            except cap.CapRefused as refused:
                log.warning("cap_refused", feed=str(self._feed.pk), where=refused.where)
        return is_whole

    def _ask(self, url: str, headers: Mapping[str, str]) -> Fetched:
        return fetch(
            url,
            headers={
                "user-agent": f"pocket-village/1 (+{settings.SITE_URL})",
                "accept": ACCEPT,
                **headers,
            },
            limits=LIMITS,
            allowed=frozenset(settings.OUTBOUND_ALLOWED_HOSTS),
        )

    def _noted(
        self,
        status: FeedStatus,
        answer: Fetched | None = None,
        *,
        error: str = "",
        etag: str | None = None,
        last_modified: str | None = None,
    ) -> actions.FeedPull:
        is_well = status is FeedStatus.OK and answer is not None
        due_at = next_pull(
            self._at,
            status=answer.status if is_well and answer is not None else None,
            retry_after=answer.headers.get("retry-after", "") if answer is not None else "",
            ttl_minutes=0,
            failures=0 if is_well else self._feed.failures + 1,
            jitter=self._jitter,
            soonest=SOONEST,
            latest=LATEST,
        )
        return actions.FeedPull(status, due_at, error, etag, last_modified)
