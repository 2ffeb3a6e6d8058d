"""Outlets and their feeds on the wire."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import ConfigDict, StringConstraints

from news.models import Feed, Outlet
from village.core.schemas import In, Line, Out
from village.institutions.schemas import BadgeOut, shown_badges

# Only the characters that a URL has; whether it may be asked is for the guard to say.
Address = Annotated[
    str,
    StringConstraints(
        min_length=1, max_length=500, strip_whitespace=True, pattern=r"^[\x21-\x7e]+$"
    ),
]


class OutletIn(In):
    """A publisher that is let in."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "name": "Lindentaler Bote",
                "slug": "bote",
                "homepage": "https://bote.example",
            }
        }
    )

    name: Annotated[Line, StringConstraints(max_length=120)]
    slug: Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=60)]
    homepage: Annotated[
        str, StringConstraints(pattern=r"^(https?://[\x21-\x7e]+)?$", max_length=500)
    ] = ""


class OutletOut(Out):
    """A publisher of the village."""

    id: UUID
    village: str
    created_at: datetime
    name: str
    slug: str
    homepage: str
    badge: BadgeOut | None


class FeedIn(In):
    """An address at which an outlet is heard."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "outlet": "00000000-0000-4000-8000-00000000000a",
                "url": "https://bote.example/feed.xml",
            }
        }
    )

    outlet: UUID
    url: Address


class FeedOut(Out):
    """
    A feed and how it is: ``ok``, ``failing`` or ``gone``.

    ``last_error`` is a stable code, ``pulled_at`` when it was last read well, ``due_at`` when it
    is asked next.
    """

    id: UUID
    village: str
    created_at: datetime
    outlet: UUID
    outlet_name: str
    url: str
    status: str
    last_error: str
    failures: int
    pulled_at: datetime | None
    due_at: datetime


def outlets_out(outlets: Sequence[Outlet]) -> list[OutletOut]:
    """Show outlets, each with the badge that it has now."""
    badges = shown_badges({each.pk: each.name for each in outlets})
    return [_outlet_out(each, badges.get(each.pk)) for each in outlets]


def outlet_out(outlet: Outlet) -> OutletOut:
    """Show an outlet."""
    return outlets_out([outlet])[0]


def _outlet_out(outlet: Outlet, badge: BadgeOut | None) -> OutletOut:
    return OutletOut(
        id=outlet.pk,
        village=outlet.village_id,
        created_at=outlet.created_at,
        name=outlet.name,
        slug=outlet.slug,
        homepage=outlet.homepage,
        badge=badge,
    )


def feed_out(feed: Feed) -> FeedOut:
    """Show a feed to who looks after it."""
    return FeedOut(
        id=feed.pk,
        village=feed.village_id,
        created_at=feed.created_at,
        outlet=feed.outlet_id,
        outlet_name=feed.outlet.name,
        url=feed.url,
        status=feed.status,
        last_error=feed.last_error,
        failures=feed.failures,
        pulled_at=feed.pulled_at,
        due_at=feed.due_at,
    )
