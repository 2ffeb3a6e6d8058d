"""Who hears that the bulletin is out: whoever asked for it."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from django.utils.translation import gettext as _

from village.bulletin import queries
from village.bulletin.facts import BulletinPublished
from village.bulletin.mail import mail_of
from village.core.actor import Scope
from village.journal.notices import Importance, Mail, Notice, Words
from village.residents.queries import members


def _everybody(fact: BulletinPublished) -> Iterable[UUID]:
    return members(fact.village).values_list("pk", flat=True)


def _words(fact: BulletinPublished) -> Words | None:
    out = queries.bulletin(fact.bulletin)
    if out is None:
        return None
    edition = queries.edition(out.village, out.begins_on)
    if not edition.parts:
        return None
    lines = [
        f"{section.title}: {', '.join(item.title for item in items[:3])}"
        for section, items in edition.parts
    ]
    return Words(
        title=_("This week in %(village)s") % {"village": out.village.name},
        body="\n".join(lines),
        link=f"/villages/{fact.village}/bulletin",
    )


def _mail(fact: BulletinPublished) -> Mail | None:
    out = queries.bulletin(fact.bulletin)
    return None if out is None else mail_of(queries.edition(out.village, out.begins_on))


def _thread(fact: BulletinPublished) -> str:
    return f"villages/{fact.village}/bulletin"


Notice(
    "bulletin.weekly",
    of=BulletinPublished,
    audience=_everybody,
    words=_words,
    importance=Importance.DIGEST,
    scope=Scope.NEWS_READ,
    thread=_thread,
    is_official=True,
    mail=_mail,
)
