"""What the news hold about a person: what an outlet has published is the outlet's."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from news.models import Article, ArticleStatus, Picture, ReadMark
from village.journal.holdings import Gone, Holding, Retention, Rows, declare_retention


def _forget_authorship(rows: Rows, gone: Gone) -> None:
    drafts = rows.filter(status=ArticleStatus.DRAFT)
    for picture in Picture.objects.filter(article__in=drafts.values("pk")):
        gone.files.extend(files_of(picture))
    drafts.delete()
    rows.update(author=None)


def files_of(picture: Picture) -> Iterator[str]:
    """Give the names of a picture's files."""
    yield from (each["name"] for each in picture.variants)
    if picture.original:
        yield picture.original


def _files_of_article(article: Article) -> Iterator[str]:
    for picture in article.pictures.all():
        yield from (each["name"] for each in picture.variants)


Holding(
    "news.articles",
    of=Article,
    person="author",
    shows=(
        "id",
        "village",
        "created_at",
        "outlet",
        "title",
        "text",
        "status",
        "published_at",
        "edited_at",
    ),
    files=_files_of_article,
    kept="published ones are the outlet's and stay without her name; erasing deletes her drafts",
    erase=_forget_authorship,
)
Holding(
    "news.read",
    of=ReadMark,
    person="resident",
    shows=("article", "article__title", "read_aloud", "at"),
    kept="a year; erasing deletes them",
)


def _let_go(before: datetime) -> int:
    return ReadMark.objects.filter(at__lt=before).delete()[0]


declare_retention(Retention("news.read", 365, _let_go, "what somebody has read is hers alone"))
