"""Choosing whose warnings the village hears, and keeping book of how they answer."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urldefrag
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from village.alerts import facts, policies, queries
from village.alerts.models import AlertFeed, FeedStatus, Heard
from village.core.actor import Actor
from village.core.errors import DomainError, NotFound
from village.core.outbound import OutboundRefused, refuse_what_is_never_asked
from village.journal.actions import record
from village.residents.queries import is_member

# Longer than any pull, and not shorter than what Celery lets a task live.
LEASE = timedelta(minutes=5)
FEEDS_MAX = 20
KEPT_IN_MIND = timedelta(days=60)


class AlertFeedKnown(DomainError):
    """The village listens to this address already."""

    code = "alerts.feed_known"

    def __init__(self) -> None:
        super().__init__(_("The village hears this source already."), field="url")


class AlertFeedNotOpened(DomainError):
    """The address is not one that the village may be sent to; the code is the guard's own."""

    code = OutboundRefused.code
    status = 422

    def __init__(self) -> None:
        super().__init__(_(OutboundRefused.words), field="url")


class TooManyAlertFeeds(DomainError):
    """So many sources are heard already that nobody would look after them."""

    code = "alerts.too_many_feeds"

    def __init__(self) -> None:
        super().__init__(_("The village hears as many sources as it can."))


@dataclass(frozen=True, slots=True)
class FeedPull:
    """Say what became of one pull; what is ``None`` stays as it was."""

    status: FeedStatus
    next_at: datetime
    error: str = ""
    etag: str | None = None
    last_modified: str | None = None


@transaction.atomic
def hear_source(
    *,
    by: Actor,
    village: str,
    name: str,
    url: str,
    codes: Sequence[str],
    is_trusted: bool,
    at: datetime,
) -> AlertFeed:
    """
    Listen to another authority from now on.

    What a trusted one sends is told to the village at once, all else waits for a person.

    :raises NotFound: if the actor does not live there
    :raises Forbidden: if she is no steward
    :raises AlertFeedNotOpened: if the address is not on the public web
    :raises AlertFeedKnown: if the village listens to it already
    """
    policies.may_listen(by, village).enforce()
    try:
        refuse_what_is_never_asked(url, allowed=frozenset(settings.OUTBOUND_ALLOWED_HOSTS))
    except OutboundRefused as refused:
        raise AlertFeedNotOpened from refused
    if AlertFeed.objects.filter(village=village).count() >= FEEDS_MAX:
        raise TooManyAlertFeeds
    feed, is_new = AlertFeed.objects.get_or_create(
        village_id=village,
        url=urldefrag(url).url,
        defaults={
            "name": name,
            "codes": sorted(set(codes)),
            "is_trusted": is_trusted,
            "due_at": at,
            "created_at": at,
        },
    )
    if not is_new:
        raise AlertFeedKnown
    record(facts.SourceHeard(village=village, feed=feed.pk, trusted=is_trusted), by=by, at=at)
    return feed


@transaction.atomic
def forget_source(*, by: Actor, feed_id: UUID, at: datetime) -> None:
    """
    Listen to an authority no more; what it has brought stays.

    :raises NotFound: if the actor's villages have no such source
    :raises Forbidden: if she is no steward
    """
    feed = AlertFeed.objects.select_for_update().filter(pk=feed_id).first()
    if feed is None or not is_member(by, feed.village_id):
        raise NotFound
    policies.may_listen(by, feed.village_id).enforce()
    village = feed.village_id
    feed.delete()
    record(facts.SourceForgotten(village=village, feed=feed_id), by=by, at=at)


@transaction.atomic
def claim_source(*, by: Actor, feed_id: UUID, at: datetime) -> AlertFeed | None:
    """
    Take a source that is due, for as long as ``LEASE``; ``None`` when somebody else has it.

    :raises NotFound: if the actor is not the system
    """
    policies.may_take_in(by).enforce()
    if not queries.due(at).filter(pk=feed_id).update(leased_until=at + LEASE):
        return None
    return AlertFeed.objects.select_related("village").get(pk=feed_id)


@transaction.atomic
def note_pull(
    *, by: Actor, claim: AlertFeed, pull: FeedPull, heard: Iterable[str] = (), at: datetime
) -> bool:
    """
    Keep what became of a pull and what was heard by it, unless the claim has run out meanwhile.

    :raises NotFound: if the actor is not the system
    """
    policies.may_take_in(by).enforce()
    changes: dict[str, object] = {
        "status": pull.status,
        "due_at": pull.next_at,
        "last_error": pull.error[:60],
        "failures": 0 if pull.status == FeedStatus.OK else F("failures") + 1,
        "leased_until": None,
    }
    if pull.status == FeedStatus.OK:
        changes["pulled_at"] = at
    if pull.etag is not None:
        changes["etag"] = pull.etag[:512]
    if pull.last_modified is not None:
        changes["last_modified"] = pull.last_modified[:512]
    held = AlertFeed.objects.filter(pk=claim.pk, leased_until=claim.leased_until)
    if not held.update(**changes):
        return False
    Heard.objects.bulk_create(
        [Heard(feed=claim, address=address[:600], at=at) for address in heard],
        ignore_conflicts=True,
    )
    Heard.objects.filter(feed=claim, at__lt=at - KEPT_IN_MIND).delete()
    return True
