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
from village.alerts.actions.rollcalls import (
    RollCallClosed,
    SomebodyKnowsBetter,
    TooManyRollCalls,
    close_roll_call,
    forget_answers,
    give_answer,
    open_roll_call,
)

__all__ = [
    "AlertDecided",
    "AlertFeedKnown",
    "AlertFeedNotOpened",
    "AlertOver",
    "Area",
    "Danger",
    "FeedPull",
    "RollCallClosed",
    "SomebodyKnowsBetter",
    "TakenIn",
    "TooManyAlertFeeds",
    "TooManyDrafts",
    "TooManyRollCalls",
    "cancel_alert",
    "claim_source",
    "close_roll_call",
    "discard_alert",
    "draft_alert",
    "draft_update",
    "end_over",
    "forget_answers",
    "forget_source",
    "give_answer",
    "hear_source",
    "note_pull",
    "open_roll_call",
    "release_alert",
    "take_in",
]
