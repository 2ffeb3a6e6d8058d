"""An editor's desk: writing, correcting, taking back, and the drafts in the drawer."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from news import actions, policies, queries
from news.forms import ArticleForm, CorrectionForm, PictureForm
from news.models import Article, Outlet
from news.pages.board import shown_article, shown_articles
from village.core.errors import DomainError, Forbidden
from village.core.images import MAX_BYTES
from village.core.pages import PageRequest, page, tell
from village.core.pagination import page as cut
from village.residents.pages import enter

ON_A_PAGE = 15


@require_http_methods(["GET", "POST"])
@page(scope=None, door="news")
def write(request: PageRequest, v: str) -> HttpResponse:
    """Write an article, and publish it or not yet."""
    village = enter(request, v)
    outlets = _own_outlets(request, village.pk)
    form = ArticleForm(outlets, request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        try:
            article = _written(request, village.pk, form)
        except actions.PictureRefused as refused:
            form.add_error("picture", refused.detail)
        except DomainError as error:
            tell(form, error)
        else:
            return redirect("article", village.pk, article.pk)
    shown = {"form": form, "outlets": outlets}
    return render(request, "news/write.html", shown, status=422 if form.is_bound else 200)


@require_http_methods(["GET", "POST"])
@page(scope=None, door="news")
def correct(request: PageRequest, article_id: UUID) -> HttpResponse:
    """Change what an article says, unless somebody else has meanwhile."""
    found = queries.article_or_404(request.actor, article_id)
    enter(request, found.village_id)
    policies.may_correct(request.actor, found).enforce()
    says = {"title": found.title, "text": found.text}
    form = CorrectionForm(request.POST or None, initial=says)
    if request.method == "POST" and form.is_valid():
        seen = request.POST.get("version", "")
        try:
            actions.correct_article(
                by=request.actor,
                article_id=article_id,
                title=form.cleaned_data["title"],
                text=form.cleaned_data["text"],
                seen_version=int(seen) if seen.isdecimal() and len(seen) < 10 else None,
                at=timezone.now(),
            )
        except DomainError as error:
            tell(form, error)
        else:
            return redirect("article", found.village_id, found.pk)
    shown = {"form": form, "article": found}
    return render(request, "news/correct.html", shown, status=422 if form.is_bound else 200)


@require_http_methods(["GET", "POST"])
@page(scope=None, door="news")
def add_picture(request: PageRequest, article_id: UUID) -> HttpResponse:
    """Add a picture to an article."""
    found = queries.article_or_404(request.actor, article_id)
    enter(request, found.village_id)
    policies.may_write(request.actor, found.outlet).enforce()
    form = PictureForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        try:
            is_attached = _attach(request, found, form)
        except DomainError as error:
            form.add_error("picture", error.detail)
        else:
            if is_attached:
                return redirect("article", found.village_id, found.pk)
            form.add_error("picture", _("Please choose a picture."))
    shown = {"form": form, "article": shown_article(found)}
    return render(request, "news/picture.html", shown, status=422 if form.is_bound else 200)


@require_POST
@page(scope=None, door="news")
def remove_picture(request: PageRequest, picture_id: UUID) -> HttpResponse:
    """Take a picture away."""
    article = queries.picture_or_404(request.actor, picture_id).article
    actions.remove_picture(by=request.actor, picture_id=picture_id, at=timezone.now())
    return redirect("article", article.village_id, article.pk)


@require_POST
@page(scope=None, door="news")
def publish(request: PageRequest, article_id: UUID) -> HttpResponse:
    """Publish a draft."""
    article = actions.publish_article(by=request.actor, article_id=article_id, at=timezone.now())
    return redirect("article", article.village_id, article.pk)


@require_http_methods(["GET", "POST"])
@page(scope=None, door="news")
def retract(request: PageRequest, article_id: UUID) -> HttpResponse:
    """Take an article back for good, having asked once more."""
    found = queries.article_or_404(request.actor, article_id)
    enter(request, found.village_id)
    policies.may_retract(request.actor, found).enforce()
    if request.method == "GET":
        return render(request, "news/retract.html", {"article": found})
    actions.retract_article(by=request.actor, article_id=article_id, at=timezone.now())
    messages.success(request, _("The article has been taken back."))
    return redirect("news", found.village_id)


@require_GET
@page(scope=None, door="news")
def drafts(request: PageRequest, v: str) -> HttpResponse:
    """Show the drafts of one's outlets."""
    village = enter(request, v)
    _own_outlets(request, village.pk)
    after = request.GET.get("after")
    rows = cut(
        queries.drafts_of(request.actor, village.pk),
        order=("-created_at", "-id"),
        limit=ON_A_PAGE,
        after=after,
    )
    shown = {
        "village": village,
        "articles": shown_articles(rows.items),
        "next": rows.next,
        "after": after,
    }
    return render(request, "news/drafts.html", shown)


def _own_outlets(request: PageRequest, village: str) -> list[Outlet]:
    """
    Give the outlets for which the actor writes.

    :raises Forbidden: if there is none
    """
    outlets = list(queries.edited_by(request.actor, village).order_by("name", "pk"))
    if not outlets:
        raise Forbidden(_("Only the editors of an outlet write articles."))
    return outlets


def _written(request: PageRequest, village: str, form: ArticleForm) -> Article:
    """Write an article down; published last, so that whoever reads it at once finds it whole."""
    at = timezone.now()
    article = actions.write_article(
        by=request.actor,
        village=village,
        outlet_id=UUID(form.cleaned_data["outlet"]),
        title=form.cleaned_data["title"],
        text=form.cleaned_data["text"],
        publish=False,
        at=at,
    )
    _attach(request, article, form)
    if request.POST.get("then") == "keep":
        return article
    return actions.publish_article(by=request.actor, article_id=article.pk, at=at)


def _attach(request: PageRequest, article: Article, form: PictureForm) -> bool:
    """Attach the picture of a form, if there is one; tell whether there was."""
    picture = form.cleaned_data["picture"]
    if not picture:
        return False
    actions.attach_picture(
        by=request.actor,
        article_id=article.pk,
        # One byte more than is taken is enough to refuse it.
        data=picture.read(MAX_BYTES + 1),
        alt=form.cleaned_data["alt"],
        at=timezone.now(),
    )
    messages.info(request, _("Your picture follows in a moment, as soon as it is ready."))
    return True
