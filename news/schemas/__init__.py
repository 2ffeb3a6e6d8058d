"""How the news looks on the wire."""

from __future__ import annotations

from news.schemas.articles import (
    ArticleIn,
    ArticleOut,
    ArticleReadOut,
    ArticlesQuery,
    ArticleStatusOut,
    CorrectionIn,
    FullArticleOut,
    RetractedOut,
    article_out,
    article_status_out,
    articles_out,
    badges_of_outlets,
    full_article_out,
    read_out,
)
from news.schemas.outlets import (
    FeedIn,
    FeedOut,
    OutletIn,
    OutletOut,
    feed_out,
    outlet_out,
    outlets_out,
)
from news.schemas.pictures import PictureIn, PictureOut, picture_out

__all__ = [
    "ArticleIn",
    "ArticleOut",
    "ArticleReadOut",
    "ArticleStatusOut",
    "ArticlesQuery",
    "CorrectionIn",
    "FeedIn",
    "FeedOut",
    "FullArticleOut",
    "OutletIn",
    "OutletOut",
    "PictureIn",
    "PictureOut",
    "RetractedOut",
    "article_out",
    "article_status_out",
    "articles_out",
    "badges_of_outlets",
    "feed_out",
    "full_article_out",
    "outlet_out",
    "outlets_out",
    "picture_out",
    "read_out",
]
