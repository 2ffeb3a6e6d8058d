"""Pictures on the wire."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated
from uuid import UUID

from django.utils.translation import gettext as _
from pydantic import ConfigDict, StringConstraints

from news.models import Picture
from village.core.schemas import In, Out


class PictureIn(In):
    """What goes along with an uploaded picture: ``alt`` says what can be seen on it."""

    model_config = ConfigDict(
        json_schema_extra={"example": {"alt": "Two cars on the bridge, in the rain"}}
    )

    alt: Annotated[str, StringConstraints(max_length=300, pattern=r"^[^\x00-\x1f]*$")] = ""


class CopyOut(Out):
    """One copy of a picture, in WebP."""

    width: int
    height: int
    url: str


class ShownPictureOut(Out):
    """A picture as it stands in an article."""

    id: UUID
    alt: str
    thumbhash: str
    width: int | None
    height: int | None
    copies: list[CopyOut]


class PictureOut(Out):
    """
    A picture of an article.

    It has copies once it is ``ready``; a ``refused`` one says why. ``thumbhash`` is base64 and
    paints something until a copy is there (evanw.github.io/thumbhash).
    """

    id: UUID
    village: str
    created_at: datetime
    article: UUID
    status: str
    reason: str
    reason_words: str
    alt: str
    thumbhash: str
    width: int | None
    height: int | None
    copies: list[CopyOut]


def shown_picture_out(picture: Picture) -> ShownPictureOut:
    """Show a picture in its article."""
    return ShownPictureOut(
        id=picture.pk,
        alt=picture.alt,
        thumbhash=picture.thumbhash,
        width=picture.width,
        height=picture.height,
        copies=_copies(picture),
    )


def picture_out(picture: Picture) -> PictureOut:
    """Show a picture to who looks after it."""
    return PictureOut(
        id=picture.pk,
        village=picture.village_id,
        created_at=picture.created_at,
        article=picture.article_id,
        status=picture.status,
        reason=picture.reason,
        reason_words=_(picture.reason_words) if picture.reason_words else "",
        alt=picture.alt,
        thumbhash=picture.thumbhash,
        width=picture.width,
        height=picture.height,
        copies=_copies(picture),
    )


def _copies(picture: Picture) -> list[CopyOut]:
    return [
        CopyOut(
            width=variant["width"],
            height=variant["height"],
            url=f"/media/pictures/{picture.pk}/{variant['width']}.webp",
        )
        for variant in picture.variants
    ]
