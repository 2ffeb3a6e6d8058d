"""Views that forget to ask whose village it is, at addresses beside those of the village."""

from __future__ import annotations

from collections.abc import Iterator

from django.db import DatabaseError, connection, transaction
from django.http import HttpRequest, HttpResponse, JsonResponse, StreamingHttpResponse
from django.urls import path

from news.models import Article
from village.core import walls
from village.urls import urlpatterns as village_urls


def everything(request: HttpRequest) -> JsonResponse:
    """Show all articles there are."""
    return JsonResponse(_titles(), safe=False)


def raw(request: HttpRequest) -> JsonResponse:
    """Show them without Django's help."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT title FROM news_article ORDER BY title")
        return JsonResponse([title for (title,) in cursor.fetchall()], safe=False)


def in_a_transaction(request: HttpRequest) -> JsonResponse:
    """Show them in a transaction, and after one that was rolled back."""
    with transaction.atomic():
        inside = _titles()
        transaction.set_rollback(True)
    return JsonResponse([*inside, *_titles()], safe=False)


def after_an_error(request: HttpRequest) -> JsonResponse:
    """Show them after the database refused a statement, with a cursor from before."""
    with connection.cursor() as cursor:
        try:
            with transaction.atomic():
                cursor.execute("SELECT 1 / 0")
        except DatabaseError:
            pass
        cursor.execute("SELECT title FROM news_article ORDER BY title")
        return JsonResponse([title for (title,) in cursor.fetchall()], safe=False)


def page_by_page(request: HttpRequest) -> StreamingHttpResponse:
    """Show them while the answer is being sent."""

    def rows() -> Iterator[str]:
        yield "["
        yield ",".join(f'"{title}"' for title in _titles())
        yield "]"

    return StreamingHttpResponse(rows(), content_type="application/json")


def change(request: HttpRequest) -> JsonResponse:
    """Change all, and then delete all."""
    changed = Article.objects.update(title="Changed")
    return JsonResponse([changed, Article.objects.all().delete()[0]], safe=False)


def fail(request: HttpRequest) -> HttpResponse:
    """Look, and fall over."""
    _titles()
    raise ZeroDivisionError


@walls.lifted()
def on_purpose(request: HttpRequest) -> JsonResponse:
    """Show all articles to everybody, because that is what it is for."""
    return JsonResponse(_titles(), safe=False)


def _titles() -> list[str]:
    return list(Article.objects.order_by("title").values_list("title", flat=True))


urlpatterns = [
    *(
        path(f"forgetful/{view.__name__}", view)
        for view in (
            everything,
            raw,
            in_a_transaction,
            after_an_error,
            page_by_page,
            change,
            fail,
            on_purpose,
        )
    ),
    *village_urls,
]
