"""What a village tells other systems of its warnings: a document each, a feed of all."""

from __future__ import annotations

from datetime import datetime
from xml.etree.ElementTree import Element, SubElement, tostring

from django.conf import settings
from django.utils.translation import gettext as _

from village.alerts import cap, composing, queries
from village.alerts.models import Alert
from village.residents.models import Village

ATOM = "http://www.w3.org/2005/Atom"
TOLD_AT_MOST = 50


def latest(village: Village, at: datetime) -> bytes:
    """
    Give the newest message that still counts: an alert in force, or the word that took one back.

    Where nothing is in force, that is said with a message of status System, which no receiver
    shows to anybody: whoever polls this address always gets a document that can be checked.
    """
    newest = queries.current(village.pk, at).first()
    if newest is not None:
        return newest.document.encode()
    return composing.quiet(village, composing.to_the_second(queries.last_word(village, at)))


def atom(village: Village, at: datetime) -> bytes:
    """Tell of the newest messages in Atom (RFC 4287), each with its document's address."""
    home = f"{settings.SITE_URL}/villages/{village.pk}/alerts"
    told = queries.told_in(village.pk).order_by("-sent_at", "-pk")[:TOLD_AT_MOST]
    root = Element("feed", xmlns=ATOM)
    _line(root, "id", home)
    _line(root, "title", _("Warnings for %(village)s") % {"village": village.name})
    _line(root, "updated", queries.last_word(village, at).isoformat(timespec="seconds"))
    _line(SubElement(root, "author"), "name", village.name)
    SubElement(root, "link", rel="self", type="application/atom+xml", href=f"{home}.atom")
    SubElement(root, "link", rel="alternate", type="text/html", href=home)
    for alert in told:
        _entry(SubElement(root, "entry"), alert, village)
    document: bytes = tostring(root, encoding="utf-8", xml_declaration=True)
    return document


def _entry(into: Element, alert: Alert, village: Village) -> None:
    text = alert.text_for(village.language)
    address = f"{settings.SITE_URL}/alerts/{alert.pk}"
    _line(into, "id", alert.pk.urn)
    _line(into, "title", text["headline"])
    _line(into, "updated", alert.sent_at.isoformat(timespec="seconds"))
    _line(into, "summary", text["description"] or text["headline"])
    SubElement(into, "link", rel="alternate", type=cap.MEDIA_TYPE, href=f"{address}.cap")
    SubElement(into, "link", rel="related", type="text/html", href=address)


def _line(into: Element, name: str, text: str) -> None:
    SubElement(into, name).text = text
