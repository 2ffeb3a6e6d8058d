"""
How long a text message is: in parts, each of which is carried, and paid for, by itself.

Source: 3GPP TS 23.038, sections 4 and 6.2.1, for the alphabets; TS 23.040, section 9.2.3.24, for
the header of seven septets that each part of a longer message gives up.
"""

from __future__ import annotations

_BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡"
    "ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
# With an escape before each, so that it takes the room of two.
_EXTENDED = frozenset("\f^{}\\[~]|€")
SEPTETS, SEPTETS_OF_A_PART = 160, 153
# Everything else goes in 16 bits a letter, and in twice that for most pictures.
UNITS, UNITS_OF_A_PART = 70, 67
# What a keyboard writes by itself, and what says the same in a third of the room.
_PLAINLY = str.maketrans(
    {"–": "-", "—": "-", "„": '"', "“": '"', "”": '"', "‘": "'", "’": "'", "…": "...", "\xa0": " "}
)


def parts(text: str) -> int:
    """Give of how many parts a text message consists."""
    if is_plain(text):
        length = len(text) + sum(each in _EXTENDED for each in text)
        return 1 if length <= SEPTETS else -(-length // SEPTETS_OF_A_PART)
    length = len(text.encode("utf-16-be", "replace")) // 2
    return 1 if length <= UNITS else -(-length // UNITS_OF_A_PART)


def is_plain(text: str) -> bool:
    """Tell whether phones carry all of these letters in seven bits."""
    return all(each in _BASIC or each in _EXTENDED for each in text)


def plainly(text: str) -> str:
    """Give the text with plain quotes and dashes, if that lets it go in seven bits."""
    plain = text.translate(_PLAINLY)
    return plain if is_plain(plain) else text


def cut(text: str, end: str, most: int) -> str:
    """Give as much of a text as fits, with its whole ``end``, into so many parts."""
    if parts(text + end) <= most:
        return text + end
    # Longer than this, no text fits.
    text = text[: most * SEPTETS]
    while text and parts(f"{text.rstrip()}...{end}") > most:
        text = text[:-1]
    return f"{text.rstrip()}...{end}" if text.strip() else end.lstrip()
