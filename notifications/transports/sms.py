"""Letters as text messages, over the village's gateway."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urljoin

from notifications.transports.base import Address, AddressKind, Letter, Outcome
from village.core import sms
from village.core.sms.length import cut, plainly

# A letter has room for what a lock screen shows and a little more; each part is paid for.
PARTS = 2
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
    Give the words of a text message: as much as fits into its parts, and the whole link.

    Who has no screen but this one reads what there is; nothing is left to be opened.
    """
    link = urljoin(site_url, letter.link) if letter.link else ""
    words = "\n".join(part for part in (letter.title.strip(), letter.body.strip()) if part)
    return cut(plainly(words), f"\n{link}" if link else "", PARTS)
