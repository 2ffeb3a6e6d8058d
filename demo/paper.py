"""The news of the demo: what Mia writes, and the feeds that the village listens to."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.urls import reverse

from demo.ground import as_, give_role, if_allowed
from demo.people import LINDENTAL, MIA, STELLA
from news.actions import add_feed, open_outlet, write_article
from news.models import Article, Feed, Outlet
from village.residents.models import Role

BOTE = "bote"
FIRE_BRIGADE = "feuerwehr"


@dataclass(frozen=True, slots=True)
class Story:
    """Hold an article, and how long ago it was written."""

    title: str
    text: str
    age: timedelta


STORIES = (
    Story(
        "Die Linde bekommt neue Bänke",
        "Drei Bänke aus Lärchenholz stehen ab Samstag unter der Dorflinde. Gebaut haben sie die "
        "Landfrauen in der alten Schreinerei; das Holz kam aus dem Gemeindewald.\n\n"
        "Wer beim Aufstellen helfen will: Treffpunkt um zehn, danach gibt es Suppe.",
        timedelta(days=3),
    ),
    Story(
        "Der Singkreis sucht tiefe Stimmen",
        "Vier Bässe hatte der Singkreis einmal, jetzt sind es zwei, und einer hat es mit dem "
        "Knie. Geprobt wird mittwochs um sieben in der Alten Schule. Noten muss niemand lesen "
        "können, und wer nicht hinkommt, wird geholt.",
        timedelta(days=2),
    ),
    Story(
        "Glasfaser: Ab Montag wird im Unterdorf gegraben",
        "Die Gehwege im Unterdorf werden von Montag an abschnittsweise geöffnet. Jede Zufahrt "
        "bleibt am Abend frei. Wer einen Anschluss möchte und noch nichts unterschrieben hat, "
        "bekommt in der Sprechstunde des Bürgerbüros Hilfe mit dem Antrag.",
        timedelta(days=1, hours=3),
    ),
    Story(
        "Wer räumt wo? Der Winterdienst im Überblick",
        "Der Bauhof räumt zuerst die Schulgasse, den Berg und den Weg zum Friedhof. Für die "
        "Gehwege sorgen die Anlieger bis sieben Uhr. Streugut steht an der Linde bereit.",
        timedelta(hours=4),
    ),
)


def open_outlets(at: datetime) -> None:
    """Let the village's paper and its fire brigade publish; Mia edits both."""
    known = set(Outlet.objects.filter(village=LINDENTAL.slug).values_list("slug", flat=True))
    for slug, name in ((BOTE, "Lindentaler Bote"), (FIRE_BRIGADE, "Feuerwehr Lindental")):
        if slug in known:
            continue
        outlet = open_outlet(
            by=as_(STELLA), village=LINDENTAL.slug, name=name, slug=slug, homepage="", at=at
        )
        give_role(MIA, Role.EDITOR, of=outlet.pk, at=at)


def write_stories(at: datetime) -> None:
    """Let Mia write what has been going on."""
    outlet = outlet_of(BOTE)
    for story in STORIES:
        if not Article.objects.filter(outlet=outlet, title=story.title).exists():
            with if_allowed():
                write_article(
                    by=as_(MIA),
                    village=LINDENTAL.slug,
                    outlet_id=outlet.pk,
                    title=story.title,
                    text=story.text,
                    publish=True,
                    at=at - story.age,
                )


def listen_to_feeds(at: datetime) -> None:
    """Listen to what this very server says: it plays the outlets' own sites, too."""
    for slug, feed in ((BOTE, "demo-feed-atom"), (FIRE_BRIGADE, "demo-feed-rss")):
        outlet, path = outlet_of(slug), reverse(feed)
        url = f"http://127.0.0.1:{settings.PORT}{path}"
        ours = Feed.objects.filter(outlet=outlet, url__endswith=path)
        if not ours.exists():
            with if_allowed():
                add_feed(
                    by=as_(STELLA), village=LINDENTAL.slug, outlet_id=outlet.pk, url=url, at=at
                )
        # Served on another port, it is still the same feed with the same articles.
        ours.exclude(url=url).update(url=url, due_at=at)


def outlet_of(slug: str) -> Outlet:
    """Find an outlet of the village."""
    return Outlet.objects.get(village=LINDENTAL.slug, slug=slug)
