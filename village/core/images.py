"""Safe pictures: what an upload claims to be, and small clean copies of it."""

from __future__ import annotations

import json
import logging
import signal
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

logger = logging.getLogger(__name__)

MAX_BYTES = 12 * 1024 * 1024
MAX_PIXELS = 25_000_000
MAX_WIDTH = 4096
WIDTHS = (320, 800, 1600)

# What one picture may cost its child process. Room for 25 megapixels at 4 bytes, some of them
# twice; a 12 megapixel photo needs under a second of CPU. The clock is generous because a busy
# machine is not the picture's fault.
MEMORY_BYTES = 512 * 1024 * 1024
CPU_SECONDS = 10
WALL_SECONDS = 40.0

# Nobody's camera writes more header segments; somebody's hostile file does.
_MAX_JPEG_MARKERS = 4096

_WORKER = Path(__file__).with_name("image_worker.py")

# Major brands of HEIC files, ISO/IEC 23008-12, annex B.
_HEIC_BRANDS = (b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1")


def gettext_noop(sentence: str) -> str:
    """Mark a sentence for the catalogues; whoever shows it translates it."""
    return sentence


_TOO_LARGE = (
    "image.too_large",
    gettext_noop("This picture is larger than 12 MB. Please send a smaller copy of it."),
)
_TOO_COSTLY = (
    "image.too_large",
    gettext_noop("This picture is too much work to open. Please send a smaller copy of it."),
)
_TOO_MANY_PIXELS = (
    "image.too_many_pixels",
    gettext_noop("This picture has more than 25 million pixels. Please send a smaller copy of it."),
)
_NOT_SUPPORTED = (
    "image.not_supported",
    gettext_noop("Only JPEG, PNG and WebP pictures can be shown. Please send one of these."),
)
_HEIC = (
    "image.not_supported",
    gettext_noop(
        "This is a HEIC picture, which cannot be shown yet. Please send it as JPEG. On an iPhone: "
        "Settings, Camera, Formats, Most Compatible."
    ),
)
_BROKEN = (
    "image.broken",
    gettext_noop("This picture is damaged or incomplete. Please send it again."),
)


class ImageRefused(ValueError):
    """
    Say why a picture cannot be taken.

    ``code`` is part of the API and never renamed; ``sentence`` is English, constant and marked for
    the catalogues, so the caller can show ``gettext(error.sentence)``.
    """

    def __init__(self, code: str, sentence: str) -> None:
        super().__init__(code, sentence)
        self.code = code
        self.sentence = sentence

    def __str__(self) -> str:
        return self.sentence


@dataclass(frozen=True, slots=True)
class ImageFacts:
    """What a picture's header claims; the sides are as stored, before EXIF turns them upright."""

    format: Literal["JPEG", "PNG", "WEBP"]
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class Variant:
    """One clean copy: sRGB pixels in WebP, and no word about where they come from."""

    width: int
    height: int
    webp: bytes


@dataclass(frozen=True, slots=True)
class Rendered:
    """
    All copies of one picture, narrowest first.

    ``width`` and ``height`` are those of the original held upright; ``thumbhash`` is base64 of
    about 25 bytes that a client paints while a copy loads (evanw.github.io/thumbhash).
    """

    variants: tuple[Variant, ...]
    thumbhash: str
    width: int
    height: int


def inspect(data: bytes) -> ImageFacts:
    """
    Read what a picture claims to be, from its header alone.

    Nothing is decoded or inflated, and no imaging library is asked: this runs in the web process,
    and the header of a hostile file is hostile too. :func:`render` believes none of it unseen.

    :raises ImageRefused: too large, too many pixels, cut off, or not JPEG, PNG or WebP
    """
    if len(data) > MAX_BYTES:
        raise ImageRefused(*_TOO_LARGE)
    facts = _claimed(data)
    if min(facts.width, facts.height) < 1:
        raise ImageRefused(*_BROKEN)
    if facts.width * facts.height > MAX_PIXELS:
        raise ImageRefused(*_TOO_MANY_PIXELS)
    return facts


def render(
    data: bytes, *, widths: Sequence[int] = WIDTHS, patience: float | None = None
) -> Rendered:
    """
    Make clean copies of a picture at most ``widths`` pixels wide, never wider than it is.

    A child process with little memory, little time, no environment and no files to write does the
    decoding; a bomb ends the child and is refused. The copies are new pixels: upright, in sRGB,
    without EXIF, XMP, profiles, comments or hidden frames. Of a moving picture the first frame
    stays: a still is what a journal shows, moving pictures harm some readers, and refusing would
    puzzle people whose phone wrote a second frame unasked (motion photos, gain maps).

    Blocks for up to ``patience`` seconds, or ``WALL_SECONDS``: call it from a task, one at a time
    per worker; or with little patience, where somebody waits for it.

    :raises ImageRefused: the picture cannot be taken, for good
    :raises TimeoutError: the machine is too busy; the same picture may do later
    :raises RuntimeError: the child could not start or answered nonsense
    """
    if not widths or not all(1 <= width <= MAX_WIDTH for width in widths):
        raise ValueError(f"widths must be 1 to {MAX_WIDTH} pixels: {widths!r}")
    facts = inspect(data)
    request = {
        "format": facts.format,
        "size": [facts.width, facts.height],
        "widths": sorted(set(widths)),
        "memory_bytes": MEMORY_BYTES,
        "cpu_seconds": CPU_SECONDS,
    }
    child = _ask_child(json.dumps(request).encode() + b"\n" + data, patience or WALL_SECONDS)
    return _rendered(child)


def _claimed(data: bytes) -> ImageFacts:
    try:
        if data.startswith(b"\xff\xd8\xff"):
            return ImageFacts("JPEG", *_jpeg_sides(data))
        if data.startswith(b"\x89PNG\r\n\x1a\n"):
            return ImageFacts("PNG", *_png_sides(data))
        if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
            return ImageFacts("WEBP", *_webp_sides(data))
    except IndexError:
        raise ImageRefused(*_BROKEN) from None
    if not data:
        raise ImageRefused(*_BROKEN)
    if data[4:8] == b"ftyp" and data[8:12] in _HEIC_BRANDS:
        raise ImageRefused(*_HEIC)
    raise ImageRefused(*_NOT_SUPPORTED)


def _number(data: bytes, at: int, length: int, order: Literal["big", "little"]) -> int:
    if at + length > len(data):
        raise IndexError(at)
    return int.from_bytes(data[at : at + length], order)


def _png_sides(data: bytes) -> tuple[int, int]:
    """Read IHDR, which the standard puts first (W3C PNG, 5.6)."""
    if data[12:16] != b"IHDR":
        raise ImageRefused(*_BROKEN)
    return _number(data, 16, 4, "big"), _number(data, 20, 4, "big")


def _jpeg_sides(data: bytes) -> tuple[int, int]:
    """Walk the segments to the frame header (ITU-T T.81, B.2.2), skipping what lies before it."""
    at = 2
    for _ in range(_MAX_JPEG_MARKERS):
        marker = data[at + 1]
        if data[at] != 0xFF or marker in (0xD9, 0xDA):
            raise ImageRefused(*_BROKEN)
        if marker == 0xFF:
            at += 1
        elif marker == 0x01 or 0xD0 <= marker <= 0xD7:
            at += 2
        elif 0xC0 <= marker <= 0xCF and marker not in (0xC4, 0xC8, 0xCC):
            return _number(data, at + 7, 2, "big"), _number(data, at + 5, 2, "big")
        else:
            length = _number(data, at + 2, 2, "big")
            if length < 2:
                raise ImageRefused(*_BROKEN)
            at += 2 + length
    raise ImageRefused(*_BROKEN)


def _webp_sides(data: bytes) -> tuple[int, int]:
    """Read the first chunk's sides: lossy (RFC 6386, 9.1), lossless, extended (RFC 9649, 2)."""
    kind = data[12:16]
    if kind == b"VP8X":
        return _number(data, 24, 3, "little") + 1, _number(data, 27, 3, "little") + 1
    if kind == b"VP8L" and data[20] == 0x2F:
        bits = _number(data, 21, 4, "little")
        return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    if kind == b"VP8 " and data[23:26] == b"\x9d\x01\x2a":
        return _number(data, 26, 2, "little") & 0x3FFF, _number(data, 28, 2, "little") & 0x3FFF
    raise ImageRefused(*_BROKEN)


def _ask_child(request: bytes, patience: float) -> subprocess.CompletedProcess[bytes]:
    """
    Run the worker as a program of its own, by path and isolated.

    A fork would take the threads and the event loop of this process with it. Without a package
    around it the worker loads neither Django nor the settings, and without an environment it knows
    no secret that a hole in a decoder could tell.
    """
    try:
        return subprocess.run(
            [sys.executable, "-I", str(_WORKER)],
            input=request,
            capture_output=True,
            timeout=patience,
            env={},
            cwd="/",
            # Ctrl-C is meant for the village, which ends its pictures itself: a picture whose
            # worker it reached would be called broken.
            process_group=0,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise TimeoutError(f"no picture after {patience:g} s") from None


def _rendered(child: subprocess.CompletedProcess[bytes]) -> Rendered:
    """
    Read the worker's answer: ``ready``, a line of JSON, the copies end to end.

    A worker that was never ready is our fault; one that was, and has no answer, met a picture it
    could not stand.
    """
    ready, _, answer = child.stdout.partition(b"\n")
    if ready != b"ready":
        words = child.stderr.decode(errors="replace")[-2000:]
        raise RuntimeError(f"the image worker did not start ({child.returncode}): {words}")
    line, ended, copies = answer.partition(b"\n")
    if child.returncode != 0 or not ended:
        if child.returncode in (-signal.SIGXCPU, -signal.SIGKILL):
            raise ImageRefused(*_TOO_COSTLY)
        words = child.stderr.decode(errors="replace")[-2000:]
        logger.error("The image worker ended without an answer (%d): %s", child.returncode, words)
        raise ImageRefused(*_BROKEN)
    told = json.loads(line)
    if "refused" in told:
        raise ImageRefused(*(_TOO_COSTLY if told["refused"] == "costly" else _BROKEN))
    variants = []
    for width, height, length in told["variants"]:
        variants.append(Variant(width, height, copies[:length]))
        copies = copies[length:]
    return Rendered(tuple(variants), told["thumbhash"], told["width"], told["height"])
