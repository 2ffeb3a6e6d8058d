"""Letters by e-mail, over whatever Django's mail settings say."""

from __future__ import annotations

import re
import smtplib
from collections.abc import Callable, Sequence
from email.utils import make_msgid, parseaddr
from functools import partial
from urllib.parse import urljoin, urlsplit

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.mail import EmailMultiAlternatives, get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.core.validators import validate_email
from django.utils import translation
from django.utils.encoding import iri_to_uri
from django.utils.html import format_html, linebreaks
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from notifications.transports.base import (
    Address,
    AddressKind,
    Letter,
    Outcome,
    TransportError,
    one_line,
)

PATIENCE = 10.0
# Lists of mail show far less of a subject.
LONGEST_SUBJECT = 200
# A line of a header has 998 characters at most (RFC 5322, section 2.1.1), and a link is not cut.
LONGEST_LINK = 900

# After these there is no connection any more (421: RFC 5321, section 3.8).
_LOST = ("CONNECTION_LOST", "SMTP_421")


class EmailTransport:
    """
    Send letters as e-mail, each to one reader, all over one connection.

    ``site_url`` makes links of the village whole; ``connect`` opens the way out.
    """

    name = "email"

    def __init__(
        self,
        *,
        from_email: str = "",
        site_url: str = "",
        connect: Callable[[], BaseEmailBackend] | None = None,
    ) -> None:
        self._from_email = from_email
        self._site_url = site_url
        self._connect = connect or partial(get_connection, timeout=PATIENCE)

    def send(self, batch: Sequence[tuple[Address, Letter]]) -> list[Outcome]:
        """
        Send a batch; one outcome for each letter, in the same order.

        :raises TransportError: if the mail server cannot be reached or refuses the village
        """
        if not batch:
            return []
        connection = self._connect()
        _open(connection)
        outcomes: list[Outcome] = []
        try:
            for address, letter in batch:
                if outcomes and outcomes[-1].error_code in _LOST and not _reopened(connection):
                    break
                outcomes.append(self._send_one(connection, address, letter))
        finally:
            connection.close()
        if all(outcome.error_code == "SENDER_REFUSED" for outcome in outcomes):
            words = outcomes[0].detail
            raise TransportError(f"The mail server refuses the village: {words}", words[0] == "5")
        unsent = Outcome.later("NOT_SENT", "The mail server was lost before this letter")
        return outcomes + [unsent] * (len(batch) - len(outcomes))

    def _send_one(self, connection: BaseEmailBackend, address: Address, letter: Letter) -> Outcome:
        if address.kind is not AddressKind.EMAIL:
            return Outcome.refused("WRONG_TRANSPORT", f"Mail does not reach {address.kind}")
        try:
            validate_email(address.value)
        except ValidationError:
            return Outcome.gone("MALFORMED_ADDRESS", "This is not an e-mail address")
        try:
            mail = self._mail(address, letter)
            connection.send_messages([mail])
        except ValueError as error:
            return Outcome.refused("MALFORMED_LETTER", str(error))
        except smtplib.SMTPRecipientsRefused as error:
            [(code, reply)] = error.recipients.values()
            return _refused(code, reply, reader_named=True)
        except smtplib.SMTPSenderRefused as error:
            return Outcome.later("SENDER_REFUSED", _words(error.smtp_code, error.smtp_error))
        except smtplib.SMTPResponseException as error:
            return _refused(error.smtp_code, error.smtp_error, reader_named=False)
        except (OSError, smtplib.SMTPException) as error:
            return Outcome.later("CONNECTION_LOST", f"The mail server was lost: {error}")
        return Outcome.taken(str(mail.extra_headers["Message-ID"]))

    def _mail(self, address: Address, letter: Letter) -> EmailMultiAlternatives:
        sender = self._from_email or settings.DEFAULT_FROM_EMAIL
        link = self._web_address(letter.link)
        unsubscribe = self._web_address(letter.data.get("unsubscribe_url", ""))
        with translation.override(_known(letter.language)):
            text, html = _text(letter, link, unsubscribe), _html(letter, link, unsubscribe)
        domain = parseaddr(sender)[1].rpartition("@")[2] or "localhost"
        headers = {
            "Message-ID": make_msgid(domain=domain),
            # RFC 3834: keeps the answer of a machine from answering this one.
            "Auto-Submitted": "auto-generated",
        }
        if unsubscribe:
            # RFC 8058: the mail programme can do it with one click, without showing a page.
            headers["List-Unsubscribe"] = f"<{unsubscribe}>"
            headers["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
        mail = EmailMultiAlternatives(
            subject=one_line(letter.title, LONGEST_SUBJECT),
            body=text,
            from_email=sender,
            to=[address.value],
            headers=headers,
        )
        mail.attach_alternative(html, "text/html")
        return mail

    def _web_address(self, link: str) -> str:
        """Return a whole address of the web without anything odd in it, or nothing."""
        # Brackets, spaces and line ends would leave the header or the line they are put in.
        if not link or re.search(r"[\s\x00-\x1f\x7f<>\"]", link):
            return ""
        try:
            whole = iri_to_uri(urljoin(self._site_url, link))
            parts = urlsplit(whole)
        except ValueError:
            return ""
        is_web = parts.scheme in ("http", "https") and parts.hostname
        return whole if is_web and len(whole) <= LONGEST_LINK else ""


def _open(connection: BaseEmailBackend) -> None:
    try:
        connection.open()
    except smtplib.SMTPAuthenticationError as error:
        permanent = error.smtp_code >= 500
        raise TransportError(f"The mail server refuses the village: {error}", permanent) from error
    except (OSError, smtplib.SMTPException) as error:
        raise TransportError(f"The mail server cannot be reached: {error}", False) from error


def _reopened(connection: BaseEmailBackend) -> bool:
    connection.close()
    try:
        _open(connection)
    except TransportError:
        return False
    return True


def _refused(code: int, reply: bytes | str, *, reader_named: bool) -> Outcome:
    """
    Read a refusal of the mail server (RFC 5321, section 4.2; RFC 3463 for the enhanced codes).

    An address is given up only when the server says that the mailbox is at fault: a 5.7 says
    that the server thinks ill of us, and the reader is still there.
    """
    detail = _words(code, reply)
    if 400 <= code < 500:
        return Outcome.later(f"SMTP_{code}", detail)
    enhanced = re.match(r"\d+ 5\.(\d{1,3}\.\d{1,3})\b", detail)
    no_mailbox = (
        enhanced[1].startswith("1.") or enhanced[1] == "2.1"
        if enhanced
        else code in (550, 551, 553)
    )
    if reader_named and no_mailbox:
        return Outcome.gone(f"SMTP_{code}", detail)
    return Outcome.refused(f"SMTP_{code}", detail)


def _words(code: int, reply: bytes | str) -> str:
    return f"{code} {reply.decode('utf-8', 'replace') if isinstance(reply, bytes) else reply}"


def _known(language: str) -> str:
    try:
        return translation.get_supported_language_variant(language)
    except LookupError:
        return str(settings.LANGUAGE_CODE)


def _text(letter: Letter, link: str, unsubscribe: str) -> str:
    parts = [letter.title, letter.body]
    if link:
        parts.append(_("Open in the village: %(link)s") % {"link": link})
    if unsubscribe:
        parts.append("-- \n" + _("Stop letters like this: %(link)s") % {"link": unsubscribe})
    return "\n\n".join(part.strip("\r\n") for part in parts if part) + "\n"


def _html(letter: Letter, link: str, unsubscribe: str) -> SafeString:
    anchor = '<p{}><a href="{}">{}</a></p>'
    style = mark_safe(' style="font-size:small"')
    parts = [
        format_html("<h1>{}</h1>", letter.title),
        mark_safe(letter.html or linebreaks(letter.body, autoescape=True)),
    ]
    if link:
        parts.append(format_html(anchor, "", link, _("Open in the village")))
    if unsubscribe:
        parts.append(format_html(anchor, style, unsubscribe, _("Stop letters like this")))
    return format_html(
        '<!doctype html><html lang="{}"><meta charset="utf-8"><title>{}</title>'
        '<body style="font-family:sans-serif;font-size:large">{}</body></html>',
        letter.language,
        letter.title,
        mark_safe("".join(parts)),
    )
