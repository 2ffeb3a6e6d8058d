"""Outlets, the feeds they are heard by, and what they publish."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from village.core.models import VillageObject


class Outlet(VillageObject):
    """Hold a publisher of the village: its paper, its club, its town hall."""

    name = models.CharField(max_length=120)
    slug = models.SlugField(max_length=60)
    homepage = models.CharField(max_length=500, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["village", "slug"], name="one_outlet_per_slug")
        ]

    def __str__(self) -> str:
        return self.name


class FeedStatus(models.TextChoices):
    """Say how a feed is: a gone one is asked no more."""

    OK = "ok", _("is read")
    FAILING = "failing", _("does not answer as it should")
    GONE = "gone", _("is read no more")


class FeedQuerySet(models.QuerySet["Feed"]):
    """Speak of feeds."""

    def due(self, at: datetime) -> FeedQuerySet:
        """Keep those that are to be asked now and that nobody is asking."""
        return self.exclude(status=FeedStatus.GONE).filter(
            Q(leased_until=None) | Q(leased_until__lte=at), due_at__lte=at
        )


class Feed(VillageObject):
    """
    Name an address at which an outlet is heard, and when to listen again.

    ``etag`` and ``last_modified`` are the answer's own words, given back unread. ``pulled_at``
    is when it was last read well, ``failures`` how often it was not since. Whoever asks it
    holds it until ``leased_until``.
    """

    outlet = models.ForeignKey(Outlet, models.PROTECT, related_name="feeds")
    url = models.CharField(max_length=500)
    etag = models.CharField(max_length=512, blank=True)
    last_modified = models.CharField(max_length=512, blank=True)
    ttl_minutes = models.PositiveIntegerField(null=True)
    due_at = models.DateTimeField()
    leased_until = models.DateTimeField(null=True)
    failures = models.PositiveIntegerField(default=0)
    status = models.CharField(max_length=10, choices=FeedStatus, default=FeedStatus.OK)
    last_error = models.CharField(max_length=60, blank=True)
    pulled_at = models.DateTimeField(null=True)

    objects: ClassVar = FeedQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["village", "url"], name="one_feed_per_address")
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["due_at"], condition=~Q(status=FeedStatus.GONE), name="feeds_to_be_asked"
            )
        ]


class ArticleStatus(models.TextChoices):
    """Say who sees an article: its editors, everybody, or its editors again."""

    DRAFT = "draft", _("draft")
    PUBLISHED = "published", _("published")
    RETRACTED = "retracted", _("retracted")


class ArticleQuerySet(models.QuerySet["Article"]):
    """Speak of articles."""

    def published(self) -> ArticleQuerySet:
        """Keep what everybody in the village may read."""
        return self.filter(status=ArticleStatus.PUBLISHED)

    def with_all_that_is_shown(self) -> ArticleQuerySet:
        """Bring the outlet, the author and the pictures along."""
        pictures = Picture.objects.ready().order_by("created_at", "id")
        return self.select_related("outlet", "author").prefetch_related(
            models.Prefetch("pictures", queryset=pictures)
        )


class Article(VillageObject):
    """
    Hold a piece of news: written here by an editor, or taken in from a feed.

    ``text`` is plain, ``html`` is clean. ``byline`` is who a feed says has written it.
    ``content_hash`` changes when what a feed's readers see has changed.
    """

    outlet = models.ForeignKey(Outlet, models.PROTECT, related_name="articles")
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+"
    )
    byline = models.CharField(max_length=200, blank=True)
    title = models.CharField(max_length=300)
    text = models.TextField(blank=True)
    html = models.TextField(blank=True)
    summary = models.CharField(max_length=400, blank=True)
    url = models.CharField(max_length=2000, blank=True)
    language = models.CharField(max_length=60, blank=True)
    status = models.CharField(max_length=10, choices=ArticleStatus, default=ArticleStatus.DRAFT)
    published_at = models.DateTimeField(null=True)
    edited_at = models.DateTimeField(null=True)
    version = models.PositiveIntegerField(default=1)
    feed = models.ForeignKey(Feed, models.PROTECT, null=True, related_name="articles")
    feed_key = models.CharField(max_length=255, blank=True)
    content_hash = models.CharField(max_length=80, blank=True)

    objects: ClassVar = ArticleQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["feed", "feed_key"],
                condition=Q(feed__isnull=False),
                name="one_article_per_feed_item",
            ),
            models.CheckConstraint(
                condition=Q(feed__isnull=True, feed_key="")
                | Q(feed__isnull=False) & ~Q(feed_key=""),
                name="what_a_feed_brings_has_a_key",
            ),
            models.CheckConstraint(
                condition=~Q(status="published") | Q(published_at__isnull=False),
                name="what_is_published_was_published_once",
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["village", "-published_at", "-id"],
                condition=Q(status="published"),
                name="news_of_a_village",
            ),
            models.Index(fields=["outlet", "-created_at"], name="articles_of_an_outlet"),
        ]

    @property
    def path(self) -> str:
        """Give the address of its page."""
        return f"/villages/{self.village_id}/news/{self.pk}"


class PictureStatus(models.TextChoices):
    """Say what became of an upload."""

    WAITING = "waiting", _("waiting")
    READY = "ready", _("ready")
    REFUSED = "refused", _("refused")


class PictureQuerySet(models.QuerySet["Picture"]):
    """Speak of pictures."""

    def ready(self) -> PictureQuerySet:
        """Keep those that can be shown."""
        return self.filter(status=PictureStatus.READY)

    def due(self, at: datetime) -> PictureQuerySet:
        """Keep those that wait for their copies and that nobody is copying."""
        return self.filter(status=PictureStatus.WAITING, due_at__lte=at)


class Picture(VillageObject):
    """
    Hold a picture of an article.

    ``original`` names the upload in the storage for as long as it waits; ``variants`` lists its
    clean copies as ``{"width", "height", "name"}``, narrowest first. ``due_at`` is when somebody
    may try to copy it (again), ``tries`` how often somebody has.
    """

    article = models.ForeignKey(Article, models.CASCADE, related_name="pictures")
    alt = models.CharField(max_length=300, blank=True)
    status = models.CharField(max_length=10, choices=PictureStatus, default=PictureStatus.WAITING)
    reason = models.CharField(max_length=60, blank=True)
    # English and constant, to be translated where it is shown.
    reason_words = models.CharField(max_length=300, blank=True)
    original = models.CharField(max_length=200, blank=True)
    variants = models.JSONField(default=list)
    thumbhash = models.CharField(max_length=60, blank=True)
    width = models.PositiveIntegerField(null=True)
    height = models.PositiveIntegerField(null=True)
    due_at = models.DateTimeField()
    tries = models.PositiveSmallIntegerField(default=0)

    objects: ClassVar = PictureQuerySet.as_manager()

    class Meta:
        indexes: ClassVar = [
            models.Index(
                fields=["due_at"], condition=Q(status="waiting"), name="pictures_that_wait"
            )
        ]


class ReadMark(models.Model):
    """Keep that somebody has read an article, or that it was read to her."""

    article = models.ForeignKey(Article, models.CASCADE, related_name="+")
    resident = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    read_aloud = models.BooleanField(default=False)
    at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["article", "resident"], name="one_mark_per_reader")
        ]
        indexes: ClassVar = [
            models.Index(fields=["resident", "-at", "-id"], name="reading_of_a_resident")
        ]
