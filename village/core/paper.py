"""
Paper for people: A4 sheets in large type, from a library that needs nothing of the system.

German and English print everywhere. Other scripts need a font that has them; where none is
installed, what is missing is shown as a box and the sheet says so.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from functools import cache
from pathlib import Path

import segno
from django.conf import settings
from django.utils.translation import gettext as _
from fontTools.ttLib import TTFont
from fpdf import FPDF
from fpdf.enums import XPos, YPos

# Readable at arm's length: the RNIB's guidance for print calls 16 points and more "large print".
SIZE_PT = 16
HEADING_PT = 26
CODE_PT = 30
LINE = 1.4
MARGIN_MM = 20
_MM_PER_PT = 25.4 / 72
_LATIN = "helvetica"
_LATIN_ENCODING = "windows-1252"
_BOX = "\N{WHITE SQUARE}"


class Sheet:
    """Write one letter, card or list; ``pdf()`` gives its bytes."""

    def __init__(self, title: str, *, at: datetime) -> None:
        self._page = FPDF(format="A4")
        self._page.core_fonts_encoding = _LATIN_ENCODING
        self._page.set_margin(MARGIN_MM)
        self._page.set_auto_page_break(True, MARGIN_MM)
        self._page.set_title(title)
        # The same letter is the same bytes.
        self._page.set_creation_date(at)
        self._lacks_letters = False
        self._page.add_page()
        self.heading(title)

    def heading(self, text: str) -> None:
        """Write a heading."""
        self._write(text, size=HEADING_PT, bold=True)
        self._page.ln(3)

    def text(self, text: str, *, bold: bool = False) -> None:
        """Write a paragraph; line breaks stay."""
        self._write(text, bold=bold)
        self._page.ln(3)

    def facts(self, rows: Iterable[tuple[str, str]]) -> None:
        """Write what belongs to a name, such as a date, one below the other."""
        for name, value in rows:
            self._write(f"{name}:", bold=True)
            self._write(value)
            self._page.ln(2)

    def ticks(self, lines: Sequence[str]) -> None:
        """Write a list with boxes to tick by hand."""
        for line in lines:
            self._keep_together(SIZE_PT)
            top = self._page.get_y()
            self._page.rect(MARGIN_MM, top + 1.2, 5, 5)
            self._page.set_x(MARGIN_MM + 9)
            self._write(line, indent_mm=9)
            self._page.ln(2)

    def code(self, text: str) -> None:
        """Write something to be typed or read aloud, very large and apart."""
        self._page.ln(2)
        self._write(text, size=CODE_PT, bold=True)
        self._page.ln(4)

    def qr(self, address: str, *, caption: str, side_mm: float = 45) -> None:
        """Draw an address to scan, and say below what it is for."""
        modules = list(segno.make(address, error="m", micro=False).matrix_iter(border=4))
        if self._page.will_page_break(side_mm + SIZE_PT * _MM_PER_PT * LINE):
            self._page.add_page()
        left, top, side = MARGIN_MM, self._page.get_y(), side_mm / len(modules)
        for y, row in enumerate(modules):
            for x, is_dark in enumerate(row):
                if is_dark:
                    # A hair wider than a module, so that no printer leaves white lines.
                    self._page.rect(
                        left + x * side, top + y * side, side + 0.02, side + 0.02, style="F"
                    )
        self._page.set_y(top + side_mm)
        self._write(caption)
        self._page.ln(3)

    def line_to_sign(self, who: str) -> None:
        """Leave room for a signature, and say whose."""
        self._keep_together(4 * SIZE_PT)
        self._page.ln(16)
        y = self._page.get_y()
        self._page.line(MARGIN_MM, y, MARGIN_MM + 100, y)
        self._page.ln(2)
        self._write(who)

    def next_page(self, title: str) -> None:
        """Begin a page for somebody or something else."""
        self._page.add_page()
        self.heading(title)

    def pdf(self) -> bytes:
        """Give the finished sheet."""
        if self._lacks_letters:
            self._lacks_letters = False
            self.text(_("Some letters could not be printed here. Please ask us for this text."))
        return bytes(self._page.output())

    # --- The pen ------------------------------------------------------------------------------
    def _write(
        self, text: str, *, size: float = SIZE_PT, bold: bool = False, indent_mm: float = 0
    ) -> None:
        family, printable = self._in_a_font_that_has(text)
        self._page.set_font(family, "B" if bold and family == _LATIN else "", size)
        self._page.set_x(MARGIN_MM + indent_mm)
        self._page.multi_cell(
            0,
            size * _MM_PER_PT * LINE,
            printable,
            align="L",
            new_x=XPos.LMARGIN,
            new_y=YPos.NEXT,
        )

    def _in_a_font_that_has(self, text: str) -> tuple[str, str]:
        text = "".join(each for each in text if each == "\n" or each.isprintable())
        if _is_latin(text):
            return _LATIN, text
        fonts = installed_fonts()
        wanted = {ord(each) for each in text if not each.isspace()}
        best = max(fonts, key=lambda path: len(wanted & _letters_of(path)), default=None)
        if best is None:
            self._lacks_letters = True
            return _LATIN, "".join(each if _is_latin(each) else "?" for each in text)
        has = _letters_of(best)
        if not wanted <= has:
            self._lacks_letters = True
            text = "".join(each if each.isspace() or ord(each) in has else _BOX for each in text)
        family = f"font{fonts.index(best)}"
        if family not in self._page.fonts:
            self._page.add_font(family, fname=best)
        return family, text

    def _keep_together(self, points: float) -> None:
        if self._page.will_page_break(points * _MM_PER_PT * LINE):
            self._page.add_page()


def installed_fonts() -> tuple[Path, ...]:
    """Give the fonts of this machine that the settings name, best first."""
    return tuple(path for path in map(Path, settings.PAPER_FONTS) if path.is_file())


@cache
def _letters_of(path: Path) -> frozenset[int]:
    with TTFont(path, fontNumber=0, lazy=True) as font:
        return frozenset(font.getBestCmap() or ())


def _is_latin(text: str) -> bool:
    try:
        text.encode(_LATIN_ENCODING)
    except UnicodeEncodeError:
        return False
    return True
