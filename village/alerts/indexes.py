"""What the address of an authority answers: one message of the standard, or an index of many."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urljoin, urlsplit
from xml.etree.ElementTree import Element

from village.alerts import cap

ATOM = "{http://www.w3.org/2005/Atom}"
ENTRIES_MAX = 200
ADDRESS_MAX = 500
_ALERT = f"{{{cap.NAMESPACE}}}alert"


@dataclass(frozen=True, slots=True)
class Pointer:
    """Point to a message that is still to be fetched; ``key`` changes when the message does."""

    address: str
    key: str


@dataclass(frozen=True, slots=True)
class Index:
    """Hold what an answer says outright, what it points to, and what in it made no sense."""

    messages: tuple[cap.Message, ...] = ()
    pointers: tuple[Pointer, ...] = ()
    refused: int = 0


def read(document: bytes, *, base_url: str) -> Index:
    """
    Read an answer: a CAP message, or an Atom or RSS feed that holds or points to messages.

    :raises CapRefused: if it is none of these
    """
    root = cap.parse(document)
    if root.tag == _ALERT:
        return Index(messages=(cap.read_element(root),))
    if root.tag == f"{ATOM}feed":
        entries = root.findall(f"{ATOM}entry")
    elif root.tag == "rss":
        entries = root.findall("channel/item")
    else:
        raise cap.CapRefused("document", "is neither a message nor a feed")
    messages, pointers, refused = [], [], 0
    for entry in entries[:ENTRIES_MAX]:
        held = next(entry.iter(_ALERT), None)
        try:
            if held is not None:
                messages.append(cap.read_element(held))
            elif (pointer := _pointer(entry, base_url)) is not None:
                pointers.append(pointer)
        except cap.CapRefused:
            # One that makes no sense does not keep the others from being heard.
            refused += 1
    return Index(tuple(messages), tuple(pointers), refused)


def _pointer(entry: Element, base_url: str) -> Pointer | None:
    links = list(_links(entry))
    # Where the feed says which link is the message, that one; else the first.
    wanted = [href for href, media in links if media.partition(";")[0] == cap.MEDIA_TYPE]
    found = next(iter(wanted or [href for href, _media in links]), "")
    if not found:
        return None
    try:
        address = urljoin(base_url, found.strip())
        is_web = urlsplit(address).scheme in ("http", "https")
    except ValueError:
        return None
    if not is_web or len(address) > ADDRESS_MAX:
        return None
    changed = entry.findtext(f"{ATOM}updated") or entry.findtext("pubDate") or ""
    return Pointer(address, f"{address} {changed.strip()[:60]}")


def _links(entry: Element) -> Iterator[tuple[str, str]]:
    for link in entry.findall(f"{ATOM}link"):
        if link.get("rel", "alternate") in ("alternate", "enclosure"):
            yield link.get("href", ""), link.get("type", "")
    for link in entry.findall("enclosure"):
        yield link.get("url", ""), link.get("type", "")
    for link in entry.findall("link"):
        yield link.text or "", ""
