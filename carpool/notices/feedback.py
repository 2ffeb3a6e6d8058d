"""Whom it tells that something was told of a ride: the moderators, and never whom it is about."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from django.utils.translation import gettext as _

from carpool import queries
from carpool.facts import FeedbackGiven
from carpool.models import FeedbackKind
from village.journal.notices import Importance, Notice, Words


def given_words(fact: FeedbackGiven) -> Words | None:
    """Tell a moderator that somebody needs her, as long as nobody has seen to it."""
    told = queries.feedback(fact.feedback_id)
    if told is None or told.settled_at is not None:
        return None
    return Words(
        title=_("Somebody told you about a ride"),
        body=str(FeedbackKind(told.kind).label),
        link=f"/villages/{told.village_id}/rides/feedback",
    )


def _moderators(fact: FeedbackGiven) -> Iterable[UUID]:
    told = queries.feedback(fact.feedback_id)
    # Whoever was content can wait until a moderator looks.
    if told is None or told.kind == FeedbackKind.THANKS:
        return []
    return queries.readers_of(told).values_list("pk", flat=True)


given = Notice(
    "carpool.feedback_given",
    of=FeedbackGiven,
    audience=_moderators,
    words=given_words,
    importance=Importance.PERSONAL,
    scope=None,
    thread=lambda fact: f"carpool/feedback/{fact.feedback_id}",
)
