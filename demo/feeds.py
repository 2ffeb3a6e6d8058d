"""The outlets' own sites, as far as a village listens to them: two invented feeds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.feedgenerator import Atom1Feed, Rss201rev2Feed, SyndicationFeed
from django.views.decorators.http import condition, require_safe

from demo.people import LINDENTAL
from village.residents.models import Village


@dataclass(frozen=True, slots=True)
class Item:
    """Hold an item; ``after`` is how long after the village was settled it comes out."""

    key: str
    title: str
    text: str
    after: timedelta


# The first ones are there when the demo is built; others follow while somebody watches.
BOTE = (
    Item(
        "baeckerwagen",
        "Der Bäckerwagen hält jetzt auch im Mühlgrund",
        "<p>Dienstags und freitags um <b>8.40 Uhr</b>, an der Bushaltestelle.</p>",
        timedelta(days=29),
    ),
    Item(
        "schluesselbund",
        "Gefunden: ein Schlüsselbund am Weiher",
        "<p>Drei Schlüssel, ein Anhänger in Form einer Ente. Abzuholen im Bürgerbüro.</p>",
        timedelta(days=29, hours=20),
    ),
    Item(
        "gemeinderat",
        "Aus dem Gemeinderat: Der Spielplatz wird erneuert",
        "<p>Einstimmig, nach kurzer Beratung. Die Kinder der Schule haben mitgeplant: Am "
        "wichtigsten war ihnen das Klettergerüst.</p>",
        timedelta(days=30, minutes=5),
    ),
    Item(
        "mitfahrbank",
        "Die Mitfahrbank ist gestrichen",
        "<p>Grün, wie gewünscht. Bitte bis morgen nicht setzen.</p>",
        timedelta(days=30, minutes=45),
    ),
    Item(
        "bibliothek",
        "Der Bücherbus kommt einen Tag später",
        "<p>Diese Woche am Donnerstag statt am Mittwoch, sonst ist alles wie immer.</p>",
        timedelta(days=30, hours=3),
    ),
)
FIRE_BRIGADE = (
    Item(
        "uebung",
        "Übung am Samstag: nicht erschrecken",
        "Am Samstag um 15 Uhr üben wir an der Alten Schule. Es raucht, aber es brennt nicht.",
        timedelta(days=28),
    ),
    Item(
        "rauchmelder",
        "Rauchmelder: wir prüfen mit",
        "Wer nicht mehr auf die Leiter steigt, ruft an. Wir kommen und wechseln die Batterie.",
        timedelta(days=29, hours=12),
    ),
    Item(
        "sirene",
        "Sirenenprobe",
        "Heute um elf heult die Sirene eine Minute lang. Es ist nur eine Probe.",
        timedelta(days=30, minutes=20),
    ),
)


@require_safe
@condition(last_modified_func=lambda request: _newest(BOTE))
def bote(request: HttpRequest) -> HttpResponse:
    """Give the paper's feed as Atom."""
    home = request.build_absolute_uri("/")
    feed = Atom1Feed("Lindentaler Bote", home, "", language="de")
    return _answer(feed, "application/atom+xml; charset=utf-8", request, BOTE)


@require_safe
@condition(last_modified_func=lambda request: _newest(FIRE_BRIGADE))
def fire_brigade(request: HttpRequest) -> HttpResponse:
    """Give the fire brigade's feed as RSS."""
    home, words = request.build_absolute_uri("/"), "Was die Feuerwehr zu sagen hat."
    feed = Rss201rev2Feed("Feuerwehr Lindental", home, words, language="de")
    return _answer(feed, "application/rss+xml; charset=utf-8", request, FIRE_BRIGADE)


def _answer(
    feed: SyndicationFeed, kind: str, request: HttpRequest, items: Sequence[Item]
) -> HttpResponse:
    for at, item in reversed(_published(items)):
        feed.add_item(
            title=item.title,
            link=request.build_absolute_uri(f"{request.path}#{item.key}"),
            description=item.text,
            unique_id=f"tag:lindental.example,2026:{item.key}",
            pubdate=at,
            updateddate=at,
        )
    return HttpResponse(feed.writeString("utf-8"), content_type=kind)


def _published(items: Sequence[Item]) -> list[tuple[datetime, Item]]:
    """Give what is out by now with its date, oldest first."""
    village = Village.objects.filter(pk=LINDENTAL.slug).first()
    if village is None:
        return []
    dated = [(village.created_at + item.after, item) for item in items]
    return [(at, item) for at, item in dated if at <= timezone.now()]


def _newest(items: Sequence[Item]) -> datetime | None:
    published = _published(items)
    return published[-1][0] if published else None
