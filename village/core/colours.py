"""Colours that can be read: the contrast of WCAG 2.2, success criterion 1.4.3."""

from __future__ import annotations

# The pages' own paper, on which links are written, and what is written on a button.
PAPER, WHITE = "#faf6ee", "#ffffff"
READABLE = 4.5


def contrast(one: str, other: str) -> float:
    """Give the contrast of two colours written as ``#rrggbb``: from 1 to 21."""
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def is_readable(colour: str) -> bool:
    """Tell whether a colour can be read on paper, and white on it."""
    return min(contrast(colour, PAPER), contrast(colour, WHITE)) >= READABLE


def _luminance(colour: str) -> float:
    red, green, blue = (_linear(int(colour[at : at + 2], 16) / 255) for at in (1, 3, 5))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(share: float) -> float:
    return share / 12.92 if share <= 0.04045 else float(((share + 0.055) / 1.055) ** 2.4)
