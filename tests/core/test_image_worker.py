from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.core.pictures import encoded, photo
from village.core.image_worker import BROKEN, copies_of, thumbhash

pytestmark = pytest.mark.once


def painted(width: int, height: int, opacity: Callable[[int, int], int]) -> bytes:
    return bytes(
        value % 256
        for y in range(height)
        for x in range(width)
        for value in (
            x * 37 + y * 91 + x * y * 13,
            x * 11 + y * 5 + x * x,
            x * y + 7 * y * y + 7,
            opacity(x, y),
        )
    )


class TestThumbhash:
    # Made with the format's own code, thumbhash 0.1.1 for JavaScript.
    @pytest.mark.parametrize(
        ("width", "height", "opaque", "veiled"),
        [
            (
                24,
                16,
                "5e180625863422b85076798077189786467fcfbf5b",
                "5e18861384086543628790568fcd9f6a742a240501049a",
            ),
            (
                13,
                31,
                "1e08061b0a043145a7547155093b8ebf9d",
                "1e08820a060706325649050a499dbf9c67947301751203",
            ),
            (
                50,
                3,
                "581a062984622555708776787a4fd65f65",
                "570a8219820771489096a67a5fa65f6540426594968998",
            ),
        ],
    )
    def test_agrees_with_the_formats_own_code(
        self, width: int, height: int, opaque: str, veiled: str
    ) -> None:
        assert thumbhash(width, height, painted(width, height, lambda x, y: 255)).hex() == opaque
        veil = painted(width, height, lambda x, y: x * 29 + y * 17 + x * y)
        assert thumbhash(width, height, veil).hex() == veiled

    def test_hashes_a_single_pixel(self) -> None:
        assert thumbhash(1, 1, bytes([255, 128, 0, 255])).hex().startswith("e0fd42")

    def test_hashes_what_cannot_be_seen(self) -> None:
        assert thumbhash(1, 1, bytes(4)).hex() == "00088205" + "00" * 21


class TestCutOffPictures:
    @pytest.mark.parametrize("format", ["JPEG", "PNG", "WEBP"])
    def test_are_refused_or_whole_at_every_length(self, format: str) -> None:
        whole = encoded(photo(48, 32), format)
        refused = 0
        for length in range(len(whole)):
            try:
                copies = copies_of(
                    whole[:length], claimed_format=format, claimed_size=(48, 32), widths=(48,)
                )
            except BROKEN:
                refused += 1
            else:
                assert copies.variants[0][:2] == (48, 32)
        # A decoder may do without the last few bytes, which only check or say that it is over.
        assert refused >= len(whole) - 32
