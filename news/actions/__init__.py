"""The verbs of the news: the only code that changes what the village reads."""

from __future__ import annotations

from news.actions.articles import (
    AlreadyRetracted,
    correct_article,
    mark_as_read,
    publish_article,
    retract_article,
    write_article,
)
from news.actions.feeds import (
    FeedKnown,
    FeedNotOpened,
    Pull,
    add_feed,
    claim_feed,
    note_pull,
    stop_feed,
)
from news.actions.intake import Taken, take_in
from news.actions.outlets import OutletKnown, open_outlet
from news.actions.pictures import (
    PictureRefused,
    TooManyPictures,
    attach_picture,
    claim_picture,
    keep_rendered_picture,
    original_lost,
    refuse_picture,
    remove_picture,
)

__all__ = [
    "AlreadyRetracted",
    "FeedKnown",
    "FeedNotOpened",
    "OutletKnown",
    "PictureRefused",
    "Pull",
    "Taken",
    "TooManyPictures",
    "add_feed",
    "attach_picture",
    "claim_feed",
    "claim_picture",
    "correct_article",
    "keep_rendered_picture",
    "mark_as_read",
    "note_pull",
    "open_outlet",
    "original_lost",
    "publish_article",
    "refuse_picture",
    "remove_picture",
    "retract_article",
    "stop_feed",
    "take_in",
    "write_article",
]
