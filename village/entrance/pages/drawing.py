"""An address as a picture that a phone reads."""

from __future__ import annotations

import segno
from django.utils.safestring import SafeString, mark_safe


def picture_of(address: str) -> SafeString:
    """Draw an address to scan; nothing in it was written by anybody."""
    drawn: str = segno.make(address, error="m", micro=False).svg_inline(
        scale=5, border=4, light="#fff", dark="#000"
    )
    return mark_safe(drawn)
