"""How the bulletin looks on the wire."""

from __future__ import annotations

from datetime import datetime

from village.bulletin.queries import Edition
from village.core.schemas import Out


class BulletinItemOut(Out):
    """One thing to tell."""

    title: str
    at: datetime | None
    text: str
    link: str


class BulletinSectionOut(Out):
    """What one room has to say."""

    key: str
    title: str
    items: list[BulletinItemOut]


class BulletinOut(Out):
    """The bulletin of a week: the news of the week before, and what comes until ``ends_at``."""

    village: str
    begins_at: datetime
    ends_at: datetime
    sections: list[BulletinSectionOut]


def show_bulletin(edition: Edition) -> BulletinOut:
    """Show a bulletin."""
    return BulletinOut(
        village=edition.village.pk,
        begins_at=edition.begins_at,
        ends_at=edition.ends_at,
        sections=[
            BulletinSectionOut(
                key=section.key,
                title=str(section.title),
                items=[
                    BulletinItemOut(title=each.title, at=each.at, text=each.text, link=each.link)
                    for each in items
                ],
            )
            for section, items in edition.parts
        ],
    )
