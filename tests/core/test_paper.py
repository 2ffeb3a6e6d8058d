"""Sheets of paper: large, whole, and honest about letters that no font has."""

from __future__ import annotations

from datetime import datetime

import pypdfium2
import pytest
import zxingcpp
from django.test import override_settings
from PIL import Image

from village.core.paper import SIZE_PT, Sheet, installed_fonts

pytestmark = pytest.mark.once
# The width and height of A4 in points.
A4 = (595, 842)


def pages(pdf: bytes) -> list[str]:
    with pypdfium2.PdfDocument(pdf) as document:
        return [page.get_textpage().get_text_range() for page in document]


def picture(pdf: bytes) -> Image.Image:
    with pypdfium2.PdfDocument(pdf) as document:
        image: Image.Image = document[0].render(scale=2).to_pil()
        return image


def sheet(at: datetime) -> Sheet:
    return Sheet("Vollmacht für Edda Grün", at=at)


class TestSheet:
    def test_is_a4_and_says_what_was_written(self, at: datetime) -> None:
        letter = sheet(at)
        letter.text("Guten Tag – „alles“ kostet 3 €.")
        letter.facts([("Gültig bis", "1. Mai 2027")])
        letter.ticks(["Nachrichten lesen", "Zum Essen anmelden"])
        letter.code("123 456")
        letter.line_to_sign("Unterschrift")
        pdf = letter.pdf()

        with pypdfium2.PdfDocument(pdf) as document:
            assert [round(side) for side in document[0].get_size()] == list(A4)
        (said,) = pages(pdf)
        for words in (
            "Edda Grün",
            "– „alles“ kostet 3 €.",
            "1. Mai 2027",
            "Zum Essen anmelden",
            "123 456",
        ):
            assert words in said

    def test_is_the_same_bytes_for_the_same_words(self, at: datetime) -> None:
        assert sheet(at).pdf() == sheet(at).pdf()

    def test_is_large(self) -> None:
        assert SIZE_PT >= 16

    def test_has_a_code_that_a_phone_can_scan(self, at: datetime) -> None:
        letter = sheet(at)
        letter.qr("https://village.example/m/abc", caption="Zum Prüfen")

        (code,) = zxingcpp.read_barcodes(picture(letter.pdf()))
        assert code.text == "https://village.example/m/abc"

    def test_goes_on_overleaf(self, at: datetime) -> None:
        letter = sheet(at)
        letter.ticks([f"Zeile {n}" for n in range(80)])
        letter.next_page("Für das Nachbarhaus")
        said = pages(letter.pdf())

        assert len(said) > 2
        lines = [line.strip() for page in said for line in page.splitlines()]
        assert [line for line in lines if "Zeile" in line] == [f"Zeile {n}" for n in range(80)]
        assert "Nachbarhaus" in said[-1]

    def test_bears_letters_that_no_printer_knows(self, at: datetime) -> None:
        letter = sheet(at)
        letter.text("a\0b\u202ec\ud800d")

        assert "abcd" in pages(letter.pdf())[0]


class TestOtherScripts:
    @override_settings(PAPER_FONTS=[])
    def test_without_a_font_the_sheet_says_so(self, at: datetime) -> None:
        letter = sheet(at)
        letter.text("Edda 村")
        (said,) = pages(letter.pdf())

        assert "Edda ?" in said
        assert "Some letters could not be printed here." in said

    @override_settings(PAPER_FONTS=["/nowhere/font.ttf"])
    def test_a_font_that_is_not_there_is_no_error(self) -> None:
        assert installed_fonts() == ()

    def test_are_printed_where_a_font_has_them(self, at: datetime) -> None:
        if not installed_fonts():
            pytest.skip("this machine has none of the fonts that the settings name")
        letter = sheet(at)
        letter.text("Καλημέρα")
        (said,) = pages(letter.pdf())

        assert "Καλημέρα" in said
