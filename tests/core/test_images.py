from __future__ import annotations

import io
import pickle
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from tests.core import pictures
from tests.core.pictures import MARKER, encoded, photo, quadrants
from village.core import images
from village.core.images import ImageFacts, ImageRefused, Rendered, inspect, render

pytestmark = pytest.mark.once
HEIC = b"\0\0\0\x18ftypheic\0\0\0\0mif1heic"
MIB = 1024 * 1024


def opened(rendered: Rendered, at: int = -1) -> Image.Image:
    return Image.open(io.BytesIO(rendered.variants[at].webp), formats=["WEBP"])


def colour(picture: Image.Image, x: float, y: float) -> str:
    """Name the nearest of the colours that quadrants are painted in."""
    at = (int(x * picture.width), int(y * picture.height))
    found = picture.convert("RGB").getpixel(at)
    paints = {"red": (255, 0, 0), "lime": (0, 255, 0), "blue": (0, 0, 255), "white": (255,) * 3}
    return min(
        paints, key=lambda name: sum(abs(a - b) for a, b in zip(found, paints[name], strict=True))
    )


def chunks(webp: bytes) -> set[bytes]:
    """Name the chunks of a WebP file (RFC 9649, 2)."""
    names, at = set(), 12
    while at < len(webp):
        names.add(webp[at : at + 4])
        length = int.from_bytes(webp[at + 4 : at + 8], "little")
        at += 8 + length + length % 2
    return names


class TestInspect:
    @pytest.mark.parametrize("format", ["JPEG", "PNG", "WEBP"])
    def test_reads_the_size_from_the_header(self, format: str) -> None:
        assert inspect(encoded(photo(321, 123), format)) == ImageFacts(format, 321, 123)

    @pytest.mark.parametrize(
        "data",
        [
            encoded(photo(33, 22), "WEBP", lossless=True),
            encoded(photo(33, 22).convert("RGBA"), "WEBP", exif=pictures.exif()),
            encoded(photo(33, 22), "JPEG", progressive=True, exif=pictures.exif()),
            encoded(photo(33, 22).convert("CMYK"), "JPEG"),
            encoded(photo(33, 22).quantize(4), "PNG"),
        ],
    )
    def test_knows_each_kind_of_header(self, data: bytes) -> None:
        assert (inspect(data).width, inspect(data).height) == (33, 22)

    def test_needs_no_more_than_the_header(self) -> None:
        assert inspect(encoded(photo(), "PNG")[:24]) == ImageFacts("PNG", 200, 150)

    @pytest.mark.parametrize(
        ("code", "data"),
        [
            ("image.broken", b""),
            ("image.broken", b"\xff\xd8\xff"),
            ("image.broken", b"\xff\xd8" + b"\xff" * 100_000),
            ("image.broken", b"\xff\xd8" + b"\xff\xe1\0\x02" * 100_000),
            ("image.broken", b"\xff\xd8\xff\xe1\0\0"),
            ("image.broken", pictures.PNG_SIGNATURE),
            ("image.broken", pictures.PNG_SIGNATURE + pictures.png_header(0, 5)),
            ("image.broken", b"RIFF\0\0\0\0WEBPVP8 "),
            ("image.broken", b"RIFF\0\0\0\0WEBPhtml" + bytes(40)),
            ("image.not_supported", encoded(photo(), "GIF")),
            ("image.not_supported", encoded(photo(), "BMP")),
            ("image.not_supported", encoded(photo(), "TIFF")),
            ("image.not_supported", b"<svg xmlns='http://www.w3.org/2000/svg'><script/></svg>"),
            ("image.not_supported", b"<!DOCTYPE html><img>" + encoded(photo(), "PNG")),
            ("image.not_supported", b"GIF89a/*" + encoded(photo(), "JPEG")),
            ("image.not_supported", b"%PDF-1.7\n" + encoded(photo(), "JPEG")),
            ("image.not_supported", b"PK\x03\x04" + encoded(photo(), "PNG")),
            ("image.too_large", encoded(photo(), "PNG") + bytes(12 * MIB)),
            ("image.too_many_pixels", pictures.PNG_SIGNATURE + pictures.png_header(5001, 5000)),
            ("image.too_many_pixels", pictures.PNG_SIGNATURE + pictures.png_header(2**31, 2**31)),
        ],
    )
    def test_refuses_by_name(self, code: str, data: bytes) -> None:
        with pytest.raises(ImageRefused) as refusal:
            inspect(data)
        assert refusal.value.code == code

    def test_takes_a_picture_that_just_fits(self) -> None:
        header = pictures.PNG_SIGNATURE + pictures.png_header(5000, 5000)
        assert inspect(header + bytes(12 * MIB - len(header))).width == 5000

    def test_tells_an_iphone_owner_what_to_do(self) -> None:
        with pytest.raises(ImageRefused, match="Most Compatible") as refusal:
            inspect(HEIC)
        assert refusal.value.code == "image.not_supported"

    @given(
        st.sampled_from([b"", b"\xff\xd8\xff", pictures.PNG_SIGNATURE, b"RIFF....WEBPVP8"]),
        st.binary(max_size=60),
    )
    def test_answers_or_refuses_whatever_it_is_given(self, start: bytes, rest: bytes) -> None:
        try:
            facts = inspect(start + rest)
        except ImageRefused as refusal:
            assert refusal.code.startswith("image.")
        else:
            assert 0 < facts.width * facts.height <= images.MAX_PIXELS

    def test_carries_its_refusal_through_a_queue(self) -> None:
        refusal = pickle.loads(pickle.dumps(ImageRefused("image.broken", "No.")))
        assert (refusal.code, str(refusal)) == ("image.broken", "No.")


class TestCopies:
    @pytest.mark.parametrize(
        ("size", "widths"),
        [
            ((2000, 1500), [320, 800, 1600]),
            ((500, 700), [320, 500]),
            ((320, 10), [320]),
            ((1, 1), [1]),
        ],
    )
    def test_are_never_wider_than_the_picture(
        self, size: tuple[int, int], widths: list[int]
    ) -> None:
        rendered = render(encoded(photo(*size), "JPEG"))
        assert [variant.width for variant in rendered.variants] == widths
        assert (rendered.width, rendered.height) == size
        for at, variant in enumerate(rendered.variants):
            assert opened(rendered, at).size == (variant.width, variant.height)
            assert variant.height == max(1, round(size[1] * variant.width / size[0]))

    def test_come_in_the_widths_asked_for(self) -> None:
        rendered = render(encoded(photo(), "PNG"), widths=(64, 64, 16))
        assert [variant.width for variant in rendered.variants] == [16, 64]

    @pytest.mark.parametrize("widths", [(), (0,), (320, -1), (100_000,)])
    def test_refuse_widths_that_are_none(self, widths: tuple[int, ...]) -> None:
        with pytest.raises(ValueError, match="widths"):
            render(encoded(photo(), "PNG"), widths=widths)

    def test_of_a_long_screenshot_stay_within_what_webp_holds(self) -> None:
        rendered = render(pictures.flat_png(400, 20_000))
        assert [(v.width, v.height) for v in rendered.variants] == [(164, 8192)]
        assert (rendered.width, rendered.height) == (400, 20_000)

    @pytest.mark.parametrize("orientation", range(1, 9))
    @pytest.mark.parametrize("format", ["JPEG", "PNG"])
    def test_stand_upright_whichever_way_the_phone_was_held(
        self, format: str, orientation: int
    ) -> None:
        turn = Image.Transpose
        undo = [None, turn.FLIP_LEFT_RIGHT, turn.ROTATE_180, turn.FLIP_TOP_BOTTOM, turn.TRANSPOSE]
        undo += [turn.ROTATE_90, turn.TRANSVERSE, turn.ROTATE_270]
        upright, step = quadrants(), undo[orientation - 1]
        stored = upright if step is None else upright.transpose(step)
        rendered = render(encoded(stored, format, exif=pictures.exif(orientation=orientation)))
        shown = opened(rendered)
        assert (rendered.width, rendered.height) == shown.size == (120, 80)
        corners = [(0.2, 0.2), (0.8, 0.2), (0.8, 0.8), (0.2, 0.8)]
        assert [colour(shown, *at) for at in corners] == ["red", "lime", "blue", "white"]

    def test_stand_upright_when_the_picture_says_so_at_its_end(self) -> None:
        plain = encoded(quadrants().transpose(Image.Transpose.ROTATE_180), "PNG")
        words = pictures.exif(orientation=3).tobytes().removeprefix(b"Exif\0\0")
        rendered = render(plain[:-12] + pictures.png_chunk(b"eXIf", words) + plain[-12:])
        assert colour(opened(rendered), 0.2, 0.2) == "red"

    def test_honour_the_colour_profile(self) -> None:
        swapped = encoded(Image.new("RGB", (40, 40), "red"), "PNG", icc_profile=pictures.profile())
        assert colour(opened(render(swapped)), 0.5, 0.5) == "lime"

    def test_do_without_a_profile_that_nobody_can_read(self) -> None:
        broken = encoded(Image.new("RGB", (40, 40), "red"), "PNG", icc_profile=b"no profile")
        assert colour(opened(render(broken)), 0.5, 0.5) == "red"

    def test_of_a_printers_picture_keep_their_colours(self) -> None:
        printed = encoded(quadrants().convert("CMYK"), "JPEG")
        assert colour(opened(render(printed)), 0.2, 0.2) == "red"

    def test_of_16_bits_keep_their_greys(self) -> None:
        grey = encoded(Image.new("I;16", (40, 40), 0x8080), "PNG")
        assert opened(render(grey)).convert("L").getpixel((20, 20)) == pytest.approx(0x80, abs=3)

    @pytest.mark.parametrize(
        "data",
        [
            encoded(quadrants().quantize(8), "PNG", transparency=bytes(8)),
            encoded(Image.new("RGB", (40, 40), "red"), "PNG", transparency=(255, 0, 0)),
            encoded(Image.new("LA", (40, 40), (99, 0)), "PNG"),
            encoded(Image.new("RGBA", (40, 40), (9, 9, 9, 0)), "WEBP"),
        ],
    )
    def test_stay_transparent(self, data: bytes) -> None:
        assert opened(render(data)).getpixel((5, 5))[3] == 0

    @pytest.mark.parametrize("format", ["PNG", "WEBP", "MPO"])
    def test_show_the_first_frame_of_several(self, format: str) -> None:
        frames = [Image.new("RGB", (60, 40), name) for name in ("red", "blue")]
        moving = encoded(frames[0], format, save_all=True, append_images=frames[1:])
        shown = opened(render(moving))
        assert getattr(shown, "n_frames", 1) == 1
        assert colour(shown, 0.5, 0.5) == "red"


class TestPrivacy:
    @pytest.mark.parametrize(
        "data",
        [pictures.marked_jpeg(), pictures.marked_png(), pictures.marked_webp()],
        ids=["jpeg", "png", "webp"],
    )
    def test_lets_no_word_of_the_original_through(self, data: bytes) -> None:
        assert MARKER in data
        rendered = render(data)
        for at, variant in enumerate(rendered.variants):
            for word in (MARKER, b"Exif", b"GPS", b"xmp", b"ICCP", b"8BIM", b"PK\x03\x04"):
                assert word not in variant.webp
            assert chunks(variant.webp) <= {b"VP8 ", b"VP8L", b"VP8X", b"ALPH"}
            assert not opened(rendered, at).getexif()

    def test_gives_the_child_no_environment_to_tell(
        self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
    ) -> None:
        monkeypatch.setenv("SECRET_KEY", MARKER.decode())
        gossip = tmp_path / "gossip.py"
        gossip.write_text("import os, sys\nsys.stderr.write(str(dict(os.environ)))")
        monkeypatch.setattr(images, "_WORKER", gossip)
        with pytest.raises(RuntimeError, match="did not start") as told:
            render(encoded(photo(), "PNG"))
        assert MARKER.decode() not in str(told.value)
