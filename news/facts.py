"""What happens in the news."""

from __future__ import annotations

from uuid import UUID

from village.journal.facts import Fact


class ArticlePublished(Fact, kind="news.article_published"):
    """An article became readable for the village."""

    article_id: UUID
    outlet_id: UUID
    author_id: UUID | None


class ArticleCorrected(Fact, kind="news.article_corrected"):
    """A published article says something else now."""

    article_id: UUID
    version: int


class ArticleRetracted(Fact, kind="news.article_retracted"):
    """An article was taken back."""

    article_id: UUID


class ArticlePictured(Fact, kind="news.article_pictured"):
    """A picture of a published article can be shown now."""

    article_id: UUID
    picture_id: UUID


class ArticleRead(Fact, kind="news.article_read"):
    """A resident has read an article, or had it read to her."""

    article_id: UUID
    resident_id: UUID
