"""A painted village among hills, for the pictures of the README: nobody's photograph."""

from __future__ import annotations

from pathlib import Path

from PIL import Image, ImageDraw, ImageFilter

WIDE, HIGH = 1280, 720
SKY = ((236, 205, 164), (140, 184, 204))
HILLS = ((0.50, "#a9bfae", 60), (0.60, "#86a98c", 90), (0.72, "#5d8a66", 70))
HOUSES = ((470, 508, 54), (560, 500, 64), (668, 512, 48), (760, 506, 58))


def paint(path: Path) -> Path:
    """Paint it into a file."""
    picture = Image.new("RGB", (WIDE, HIGH))
    brush = ImageDraw.Draw(picture)
    for y in range(HIGH):
        share = min(1.0, y / (HIGH * 0.6))
        low, high = SKY
        colour = tuple(round(h + (lo - h) * share) for lo, h in zip(low, high, strict=True))
        brush.line((0, y, WIDE, y), fill=colour)
    brush.ellipse((930, 120, 1040, 230), fill="#fff3d6")
    for number, (level, colour, swing) in enumerate(HILLS):
        brush.polygon(_hill(level, swing, number), fill=colour)
        if number == 1:
            _village(brush)
    _linden(brush)
    picture.filter(ImageFilter.GaussianBlur(0.8)).save(path, quality=88)
    return path


def _hill(level: float, swing: int, number: int) -> list[tuple[float, float]]:
    """Give the outline of a hill: a wave made of two parabolas for each half of the picture."""
    points: list[tuple[float, float]] = [(0, HIGH)]
    for x in range(0, WIDE + 1, 8):
        place = (x / WIDE * 2 + number * 0.37) % 2
        bow = place * (1 - place) * 4 if place < 1 else -(place - 1) * (2 - place) * 4
        points.append((x, HIGH * level - bow * swing))
    return [*points, (WIDE, HIGH)]


def _village(brush: ImageDraw.ImageDraw) -> None:
    for x, y, size in HOUSES:
        brush.rectangle((x, y, x + size, y + size * 0.7), fill="#f3e9d8")
        brush.polygon(
            [(x - 6, y), (x + size + 6, y), (x + size / 2, y - size * 0.55)], fill="#a4553f"
        )
        brush.rectangle(
            (x + size * 0.4, y + size * 0.2, x + size * 0.6, y + size * 0.45), fill="#c8a35a"
        )
    brush.rectangle((620, 400, 654, 520), fill="#efe3cf")
    brush.polygon([(612, 402), (662, 402), (637, 300)], fill="#5b4a44")


def _linden(brush: ImageDraw.ImageDraw) -> None:
    brush.rectangle((196, 430, 220, 600), fill="#5a4632")
    for x, y, size in ((208, 360, 120), (150, 410, 84), (268, 408, 88), (206, 430, 96)):
        brush.ellipse((x - size, y - size * 0.8, x + size, y + size * 0.8), fill="#3f7a4c")
    for x, y, size in ((180, 330, 46), (250, 350, 52), (140, 390, 36)):
        brush.ellipse((x - size, y - size * 0.8, x + size, y + size * 0.8), fill="#57925f")
