"""Who may publish, take back and read."""

from __future__ import annotations

from django.utils.translation import gettext as _

from news.models import Article, ArticleStatus, Outlet
from village.core.actor import SYSTEM, Actor, Scope
from village.core.errors import OutOfScope
from village.core.policy import ALLOWED, Verdict, denied, hidden
from village.residents.models import Role, Village
from village.residents.queries import holds, is_member


def may_open_outlet(by: Actor, village: Village) -> Verdict:
    """Say whether the actor may let a new publisher in."""
    if by == SYSTEM or holds(by, village.pk, Role.STEWARD):
        return ALLOWED
    return denied(_("Only the steward of the village lets an outlet in."))


def may_write(by: Actor, outlet: Outlet) -> Verdict:
    """Say whether the actor may write for an outlet."""
    if holds(by, outlet.village_id, Role.EDITOR, of=outlet.pk):
        return ALLOWED
    return denied(_("Only the editors of this outlet write for it."))


def may_correct(by: Actor, article: Article) -> Verdict:
    """Say whether the actor may change what an article says."""
    if article.feed_id is not None:
        return denied(_("This article comes from a feed. It is corrected where it was written."))
    return may_write(by, article.outlet)


def may_retract(by: Actor, article: Article) -> Verdict:
    """Say whether the actor may take an article back; what feeds bring, the steward may too."""
    if article.feed_id is not None and holds(by, article.village_id, Role.STEWARD):
        return ALLOWED
    return may_write(by, article.outlet)


def may_read(by: Actor, article: Article) -> Verdict:
    """Say whether the actor's principal may read an article."""
    if not by.may(Scope.NEWS_READ):
        return Verdict(OutOfScope())
    if article.status != ArticleStatus.PUBLISHED or not is_member(by, article.village_id):
        return hidden()
    return ALLOWED


def may_feed(by: Actor, outlet: Outlet) -> Verdict:
    """Say whether the actor may choose the feeds of an outlet."""
    if by == SYSTEM or holds(by, outlet.village_id, Role.STEWARD):
        return ALLOWED
    if holds(by, outlet.village_id, Role.EDITOR, of=outlet.pk):
        return ALLOWED
    return denied(_("Only the steward and the editors of this outlet choose its feeds."))


def may_take_in(by: Actor) -> Verdict:
    """Say whether the actor may store what a feed says: nobody does it by hand."""
    return ALLOWED if by == SYSTEM else denied(_("Feeds are read by the village itself."))
