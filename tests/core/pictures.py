"""Pictures made to order: no binary is committed, and each test says what is in its own."""

from __future__ import annotations

import io
import struct
import zlib
from typing import Any

from PIL import Image, ImageCms, PngImagePlugin

# Stands wherever a picture can carry words; none of it may survive.
MARKER = b"Haus-am-Weiher-7"
PNG_SIGNATURE = b"\x89PNG\r\n\x1a\n"


def photo(width: int = 200, height: int = 150) -> Image.Image:
    """Make something with slopes and grain, as a camera would."""
    grain = Image.effect_noise((width, height), 20)
    slope = Image.linear_gradient("L").resize((width, height))
    return Image.merge("RGB", (slope, Image.blend(grain, slope, 0.5), slope.rotate(180)))


def quadrants(width: int = 120, height: int = 80) -> Image.Image:
    """Make red, green, blue and white corners, clockwise from the upper left."""
    picture = Image.new("RGB", (width, height), "white")
    half = (width // 2, height // 2)
    picture.paste("red", (0, 0, *half))
    picture.paste("lime", (half[0], 0, width, half[1]))
    picture.paste("blue", (*half, width, height))
    return picture


def encoded(picture: Image.Image, format: str, **options: Any) -> bytes:
    written = io.BytesIO()
    picture.save(written, format, **options)
    return written.getvalue()


def exif(*, orientation: int = 1) -> Image.Exif:
    """Make the EXIF of a phone that knows where its owner lives."""
    tags = Image.Exif()
    words = MARKER.decode()
    tags[0x0112] = orientation
    tags[0x010E] = tags[0x010F] = tags[0x8298] = words
    tags.get_ifd(0x8825).update({1: "N", 2: (50.0, 1.0, 48.0), 3: "E", 4: (11.0, 34.0, 12.0)})
    tags.get_ifd(0x8769).update({0x927C: MARKER, 0x9286: b"ASCII\0\0\0" + MARKER})
    return tags


def profile() -> bytes:
    """Make a profile that swaps red and green, so that whoever ignores it is found out."""
    words = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    swapped = words.replace(b"rXYZ", b"????").replace(b"gXYZ", b"rXYZ").replace(b"????", b"gXYZ")
    return swapped + MARKER


def xmp() -> bytes:
    return b'<x:xmpmeta xmlns:x="adobe:ns:meta/"><a>' + MARKER + b"</a></x:xmpmeta>"


def marked_jpeg(*, orientation: int = 1) -> bytes:
    """Fill every place of a JPEG that holds words, and append an archive."""
    plain = encoded(
        photo(),
        "JPEG",
        exif=exif(orientation=orientation),
        icc_profile=profile(),
        xmp=xmp(),
        comment=MARKER,
    )
    iptc = b"Photoshop 3.0\x008BIM\x04\x04\0\0\0\0" + MARKER
    return plain[:2] + _segment(0xED, iptc) + plain[2:] + b"PK\x03\x04" + MARKER


def marked_png() -> bytes:
    words = PngImagePlugin.PngInfo()
    words.add_text("Comment", MARKER.decode())
    words.add_text("Squeezed", MARKER.decode(), zip=True)
    words.add_itxt("XML:com.adobe.xmp", xmp().decode())
    plain = encoded(photo(), "PNG", exif=exif(), icc_profile=profile(), pnginfo=words)
    return plain[:-12] + png_chunk(b"prVt", MARKER) + plain[-12:] + b"PK\x03\x04" + MARKER


def marked_webp() -> bytes:
    plain = encoded(photo(), "WEBP", exif=exif(), icc_profile=profile(), xmp=xmp())
    grown = plain + b"prVt" + struct.pack("<I", len(MARKER)) + MARKER
    return grown[:4] + struct.pack("<I", len(grown) - 8) + grown[8:]


def png_chunk(kind: bytes, body: bytes) -> bytes:
    checked = kind + body
    return struct.pack(">I", len(body)) + checked + struct.pack(">I", zlib.crc32(checked))


def png_header(width: int, height: int, *, depth: int = 8, colour: int = 2) -> bytes:
    return png_chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, 0))


def flat_png(width: int, height: int) -> bytes:
    """Make a black picture of one bit per pixel: 12,000 x 12,000 of them weigh 17 kB."""
    squeezer = zlib.compressobj(9)
    row = bytes(1 + (width + 7) // 8)
    body = b"".join(squeezer.compress(row) for _ in range(height)) + squeezer.flush()
    header = png_header(width, height, depth=1, colour=0)
    return PNG_SIGNATURE + header + png_chunk(b"IDAT", body) + png_chunk(b"IEND", b"")


def words_bomb(chunks: int = 100) -> bytes:
    """Make a small PNG whose comments inflate to a mebibyte each."""
    comment = png_chunk(b"zTXt", b"Comment\0\0" + zlib.compress(bytes(1024 * 1024 - 1), 9))
    plain = encoded(photo(64, 64), "PNG")
    return plain[:33] + comment * chunks + plain[33:]


def scans_bomb(scans: int = 20_000) -> bytes:
    """Make a progressive JPEG that refines the same few bits of every block again and again."""
    plain = encoded(Image.new("L", (4000, 4000), 99), "JPEG", progressive=True)
    last = plain.rindex(b"\xff\xda")
    return plain[:last] + plain[last:-2] * scans + plain[-2:]


def _segment(marker: int, body: bytes) -> bytes:
    return bytes((0xFF, marker)) + struct.pack(">H", len(body) + 2) + body
