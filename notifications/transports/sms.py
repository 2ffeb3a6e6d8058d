"""Letters as text messages, over the village's gateway."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urljoin

from notifications.transports.base import Address, AddressKind, Letter, Outcome
from village.core import sms

# Two messages' worth of letters beyond Latin, and nearly three of plain ones (3GPP TS 23.038).
LONGEST = 134
LONGEST_GSM = 306
AT_ONCE = 4


class SmsTransport:
    """Send letters as text messages; ``site_url`` makes links of the village whole."""

    name = "sms"

    def __init__(self, *, site_url: str) -> None:
        self._site_url = site_url

    def send(self, batch: Sequence[tuple[Address, Letter]]) -> list[Outcome]:
        """Send a batch; one outcome for each letter, in the same order."""
        with ThreadPoolExecutor(AT_ONCE) as pool:
            return list(pool.map(self._send_one, batch))

    def _send_one(self, each: tuple[Address, Letter]) -> Outcome:
        address, letter = each
        if address.kind is not AddressKind.SMS:
            return Outcome.refused("WRONG_TRANSPORT", f"A text does not reach {address.kind}")
        sent = sms.send(address.value, text_of(letter, self._site_url))
        if sent.accepted:
            return Outcome.taken(sent.provider_id)
        if sent.bad_number:
            return Outcome.gone(sent.error_code, "")
        if sent.permanent:
            return Outcome.refused(sent.error_code, "")
        return Outcome.later(sent.error_code, "", sent.retry_after)


def text_of(letter: Letter, site_url: str) -> str:
    """
    Give the words of a text message: as much as fits into two or three, and the whole link.

    Who has no screen but this one reads what there is; nothing is left to be opened.
    """
    link = urljoin(site_url, letter.link) if letter.link else ""
    words = "\n".join(part for part in (letter.title.strip(), letter.body.strip()) if part)
    most = LONGEST_GSM if _is_plain(words) else LONGEST
    room = most - (len(link) + 1 if link else 0)
    if len(words) > room:
        words = words[: max(0, room - 3)].rstrip() + "..."
    return f"{words}\n{link}" if link else words


def _is_plain(words: str) -> bool:
    """Tell whether these are letters that phones carry in seven bits, roughly: Latin-1."""
    return all(ord(each) < 256 for each in words)
