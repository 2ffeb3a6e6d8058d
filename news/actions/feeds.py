"""Choosing the feeds of an outlet, and keeping book of how they answer."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urldefrag
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from news import policies, queries
from news.models import Feed, FeedStatus
from village.core.actor import Actor
from village.core.errors import DomainError, NotFound
from village.core.outbound import OutboundRefused, refuse_what_is_never_asked
from village.residents.queries import is_member

# Longer than any pull, and not shorter than what Celery lets a task live.
LEASE = timedelta(minutes=5)
URL_MAX = 500
STOPPED = "news.feed_stopped"


class FeedKnown(DomainError):
    """The village listens to this address already."""

    code = "news.feed_known"

    def __init__(self) -> None:
        super().__init__(_("The village reads this feed already."), field="url")


class FeedNotOpened(DomainError):
    """The address is not one that the village may be sent to; the code is the guard's own."""

    code = OutboundRefused.code
    status = 422

    def __init__(self) -> None:
        super().__init__(_(OutboundRefused.words), field="url")


@dataclass(frozen=True, slots=True)
class Pull:
    """Say what became of one pull; what is ``None`` stays as it was."""

    status: FeedStatus
    next_at: datetime
    error: str = ""
    url: str | None = None
    etag: str | None = None
    last_modified: str | None = None
    ttl_minutes: int | None = None


@transaction.atomic
def add_feed(*, by: Actor, village: str, outlet_id: UUID, url: str, at: datetime) -> Feed:
    """
    Listen to an address for an outlet from now on; one that was given up is tried again.

    Nothing is asked here: whether the address answers shows with its first pull.

    :raises NotFound: if the actor's village has no such outlet
    :raises Forbidden: if she does not choose its feeds
    :raises FeedNotOpened: if the address is not on the public web
    :raises FeedKnown: if the village listens to it already
    """
    outlet = queries.outlet_in(queries.home_of(by, village).pk, outlet_id)
    policies.may_feed(by, outlet).enforce()
    try:
        refuse_what_is_never_asked(url, allowed=frozenset(settings.OUTBOUND_ALLOWED_HOSTS))
    except OutboundRefused as refused:
        raise FeedNotOpened from refused
    feed, is_new = Feed.objects.get_or_create(
        village_id=village,
        url=urldefrag(url).url,
        defaults={"outlet": outlet, "due_at": at, "created_at": at},
    )
    if is_new:
        return feed
    revived = Feed.objects.filter(pk=feed.pk, outlet=outlet, status=FeedStatus.GONE).update(
        status=FeedStatus.OK, due_at=at, leased_until=None, failures=0, last_error=""
    )
    if not revived:
        raise FeedKnown
    feed.refresh_from_db()
    return feed


@transaction.atomic
def stop_feed(*, by: Actor, feed_id: UUID, at: datetime) -> Feed:
    """
    Listen to a feed no more; what it has brought stays.

    :raises NotFound: if the actor's villages have no such feed
    :raises Forbidden: if she does not choose the feeds of its outlet
    """
    feed = (
        Feed.objects.select_for_update(of=("self",))
        .select_related("outlet")
        .filter(pk=feed_id)
        .first()
    )
    if feed is None or not is_member(by, feed.village_id):
        raise NotFound
    policies.may_feed(by, feed.outlet).enforce()
    feed.status, feed.last_error, feed.leased_until = FeedStatus.GONE, STOPPED, None
    feed.save(update_fields=["status", "last_error", "leased_until"])
    return feed


@transaction.atomic
def claim_feed(*, by: Actor, feed_id: UUID, at: datetime) -> Feed | None:
    """
    Take a feed that is due, for as long as ``LEASE``; ``None`` when somebody else has it.

    :raises Forbidden: if the actor is not the system
    """
    policies.may_take_in(by).enforce()
    if not Feed.objects.due(at).filter(pk=feed_id).update(leased_until=at + LEASE):
        return None
    return Feed.objects.get(pk=feed_id)


@transaction.atomic
def note_pull(*, by: Actor, claim: Feed, pull: Pull, at: datetime) -> bool:
    """
    Keep what became of a pull, unless the claim has run out meanwhile.

    :raises Forbidden: if the actor is not the system
    """
    policies.may_take_in(by).enforce()
    changes: dict[str, object] = {
        "status": pull.status,
        "due_at": pull.next_at,
        "last_error": pull.error,
        "failures": 0 if pull.status == FeedStatus.OK else F("failures") + 1,
        "leased_until": None,
    }
    if pull.status == FeedStatus.OK:
        changes |= {"pulled_at": at, "ttl_minutes": pull.ttl_minutes}
    if pull.etag is not None:
        changes["etag"] = pull.etag[:512]
    if pull.last_modified is not None:
        changes["last_modified"] = pull.last_modified[:512]
    if pull.url is not None and _may_move_to(claim, pull.url):
        changes["url"] = pull.url
    held = Feed.objects.filter(pk=claim.pk, leased_until=claim.leased_until)
    return bool(held.update(**changes))


def _may_move_to(feed: Feed, url: str) -> bool:
    """Tell whether a feed that has moved for good can be kept by its new address."""
    return len(url) <= URL_MAX and not (
        Feed.objects.filter(village=feed.village_id, url=url).exclude(pk=feed.pk).exists()
    )
