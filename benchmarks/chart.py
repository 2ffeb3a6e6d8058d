"""A bar for each ratio, as SVG."""

from __future__ import annotations

import math
from collections.abc import Mapping
from xml.sax.saxutils import escape

ROW, LEFT, WIDE, RIGHT = 24, 380, 520, 80
TEXT = 'font-family="system-ui, sans-serif" font-size="13"'


def bars(title: str, ratios: Mapping[str, float]) -> str:
    """Draw ratios on a logarithmic scale, with a line where both are equal."""
    values = [value for value in ratios.values() if value > 0]
    low = math.floor(math.log10(min([1.0, *values])))
    high = max(math.ceil(math.log10(max([10.0, *values]))), low + 1)

    def across(value: float) -> float:
        return LEFT + WIDE * (math.log10(value) - low) / (high - low)

    height = 64 + ROW * len(ratios)
    parts = [f'<text x="16" y="26" {TEXT} font-weight="600">{escape(title)}</text>']
    for power in range(low, high + 1):
        x = across(10.0**power)
        strong = power == 0
        parts.append(
            f'<line x1="{x:.1f}" x2="{x:.1f}" y1="40" y2="{height - 16}"'
            f' stroke="{"#333" if strong else "#ccc"}"/>'
            f'<text x="{x:.1f}" y="{height - 2}" {TEXT} text-anchor="middle">{10.0**power:g}</text>'
        )
    for number, (name, value) in enumerate(ratios.items()):
        y = 46 + ROW * number
        parts.append(
            f'<text x="{LEFT - 12}" y="{y + 13}" {TEXT} text-anchor="end">{escape(name)}</text>'
        )
        if value > 0:
            begin, end = sorted((across(1.0), across(value)))
            colour = "#2f6f4f" if value >= 1 else "#b3532d"
            parts.append(
                f'<rect x="{begin:.1f}" y="{y}" width="{end - begin:.1f}" height="16"'
                f' fill="{colour}"/>'
                f'<text x="{end + 6:.1f}" y="{y + 13}" {TEXT}>{value:g}×</text>'
            )
    width = LEFT + WIDE + RIGHT
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}"'
        f' width="{width}" height="{height}"><rect width="100%" height="100%" fill="#fff"/>\n'
        + "\n".join(parts)
        + "\n</svg>\n"
    )
