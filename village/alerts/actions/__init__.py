"""The verbs of warning: the only code that changes what the village is told of a danger."""

from __future__ import annotations

from village.alerts.actions.alerts import (
    AlertDecided,
    AlertOver,
    cancel_alert,
    discard_alert,
    draft_alert,
    draft_update,
    end_over,
    release_alert,
)
from village.alerts.actions.drafting import Area, Danger, TooManyDrafts
from village.alerts.actions.feeds import (
    AlertFeedKnown,
    AlertFeedNotOpened,
    FeedPull,
    TooManyAlertFeeds,
    claim_source,
    forget_source,
    hear_source,
    note_pull,
)
from village.alerts.actions.intake import TakenIn, take_in

__all__ = [
    "AlertDecided",
    "AlertFeedKnown",
    "AlertFeedNotOpened",
    "AlertOver",
    "Area",
    "Danger",
    "FeedPull",
    "TakenIn",
    "TooManyAlertFeeds",
    "TooManyDrafts",
    "cancel_alert",
    "claim_source",
    "discard_alert",
    "draft_alert",
    "draft_update",
    "end_over",
    "forget_source",
    "hear_source",
    "note_pull",
    "release_alert",
    "take_in",
]
