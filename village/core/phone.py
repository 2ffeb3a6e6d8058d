"""Phone numbers: one spelling for each (E.164), and which of them codes may be sent to."""

from __future__ import annotations

from typing import Final

import phonenumbers
from phonenumbers import PhoneNumberType

# Nobody earns by these when a village sends to them, as with numbers that cost the caller extra.
_PLAIN: Final = frozenset(
    {
        PhoneNumberType.MOBILE,
        PhoneNumberType.FIXED_LINE,
        PhoneNumberType.FIXED_LINE_OR_MOBILE,
        PhoneNumberType.VOIP,
        PhoneNumberType.PERSONAL_NUMBER,
    }
)
# The digits of the country and the network, and the first of the number: whoever earns by
# messages to numbers of her own has a whole block of them.
_BLOCK: Final = 8


def read(said: str, *, region: str) -> str | None:
    """Give a number in E.164, as somebody in a region dials it; nothing where there is none."""
    try:
        number = phonenumbers.parse(said, region)
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_valid_number(number):
        return None
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def may_get_codes(number: str, *, countries: frozenset[str]) -> bool:
    """Tell whether codes may be sent to a number in E.164: a plain one of one of the countries."""
    parsed = phonenumbers.parse(number)
    is_near = phonenumbers.region_code_for_number(parsed) in countries
    return is_near and phonenumbers.number_type(parsed) in _PLAIN


def block_of(number: str) -> str:
    """Give the beginning of a number that it shares with its neighbours."""
    return number[:_BLOCK]
