"""Turn one untrusted picture into clean WebP copies: a program of its own, started by images.py."""

# Standard input: a line of JSON, {"format", "size", "widths", "memory_bytes", "cpu_seconds"}, then
# the picture. Standard output: "ready", a line of JSON, {"width", "height", "thumbhash",
# "variants": [[width, height, bytes], ...]} or {"refused": "broken" | "costly"}, then the copies.
# It is started by path, without the packages around it, and so imports none of them.

from __future__ import annotations

import base64
import io
import json
import math
import operator
import resource
import struct
import sys
import warnings
from collections.abc import Sequence
from dataclasses import dataclass

from PIL import (
    ExifTags,
    Image,
    ImageCms,
    WebPImagePlugin,  # noqa: F401  registers WebP, for which Pillow would load all its plugins
)

# Copies of a long screenshot stay below what WebP can hold (16,383) and within the CPU limit.
MAX_HEIGHT = 8192
THUMB_SIDE = 64
QUALITY = 80
METHOD = 4

UPRIGHT = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
SIDEWAYS = (5, 6, 7, 8)

# What Pillow raises on a picture that is not what it claims to be.
BROKEN = (
    OSError,
    SyntaxError,
    ValueError,
    EOFError,
    struct.error,
    Image.DecompressionBombWarning,
    Image.DecompressionBombError,
)
# What it raises on a readable picture with unreadable metadata, which is no reason to refuse it.
UNREADABLE = (OSError, SyntaxError, ValueError, TypeError, KeyError, struct.error)


@dataclass(frozen=True, slots=True)
class Copies:
    """The copies of one picture, narrowest first, and the size of the upright original."""

    width: int
    height: int
    thumbhash: str
    variants: tuple[tuple[int, int, bytes], ...]


def copies_of(
    data: bytes, *, claimed_format: str, claimed_size: tuple[int, int], widths: Sequence[int]
) -> Copies:
    """
    Decode a picture once and copy it at each width it fills.

    :raises OSError: or another of ``BROKEN``, when the picture is not what its header claimed
    """
    with Image.open(io.BytesIO(data), formats=[claimed_format]) as original:
        if original.size != claimed_size:
            raise ValueError(f"claimed {claimed_size}, is {original.size}")
        if claimed_format != "JPEG":
            # A PNG may say which way is up after its pixels. Asked for that, Pillow would load it
            # too, and a broken picture would pass for unreadable metadata.
            original.load()
        turned = _orientation(original)
        width, height = _turned(claimed_size, turned)
        boxes = _boxes(width, height, widths)
        stored = _turned(boxes[-1], turned)
        # A JPEG gives its half or quarter for a fraction of the work, and still fills the box.
        original.draft(None, stored)
        original.load()
        profile = original.info.get("icc_profile")
        picture = _plain(original).resize(stored, Image.Resampling.LANCZOS, reducing_gap=3.0)
    if turned in UPRIGHT:
        picture = picture.transpose(UPRIGHT[turned])
    picture = _srgb(picture, profile)

    variants = []
    for box in reversed(boxes):
        if box != picture.size:
            picture = picture.resize(box, Image.Resampling.LANCZOS)
        variants.append((*box, _webp(picture)))
    return Copies(width, height, _thumbhash(picture), tuple(reversed(variants)))


def _orientation(original: Image.Image) -> int:
    try:
        return int(original.getexif().get(ExifTags.Base.Orientation, 1))
    except UNREADABLE:
        return 1


def _turned(size: tuple[int, int], orientation: int) -> tuple[int, int]:
    return (size[1], size[0]) if orientation in SIDEWAYS else size


def _boxes(width: int, height: int, widths: Sequence[int]) -> list[tuple[int, int]]:
    """Give each copy's size once, narrowest first, never larger than the original."""
    scales = {min(1.0, wanted / width, MAX_HEIGHT / height) for wanted in widths}
    return sorted(
        {(max(1, round(width * scale)), max(1, round(height * scale))) for scale in scales}
    )


def _plain(original: Image.Image) -> Image.Image:
    """Unfold palettes, 16 bits and transparent colours into a mode that scales and has 8 bits."""
    if original.mode.startswith(("I", "F")):
        # 16 bits of grey; a plain conversion would clip all but the darkest 1/256.
        return original.point(lambda grey: grey * (1 / 257), "L")
    if original.has_transparency_data:
        return original if original.mode == "RGBA" else original.convert("RGBA")
    if original.mode == "1":
        return original.convert("L")
    return original if original.mode in ("L", "RGB", "CMYK") else original.convert("RGB")


def _srgb(picture: Image.Image, profile: bytes | None) -> Image.Image:
    """Carry the colours into sRGB; a picture without a readable profile is taken to be there."""
    mode = "RGBA" if picture.mode == "RGBA" else "RGB"
    if profile:
        try:
            source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
            target = ImageCms.createProfile("sRGB")
            changed = ImageCms.profileToProfile(picture, source, target, outputMode=mode)
        except (*UNREADABLE, ImageCms.PyCMSError):
            changed = None
        picture = changed or picture
    return picture.convert(mode)


def _webp(picture: Image.Image) -> bytes:
    written = io.BytesIO()
    picture.save(written, "WEBP", quality=QUALITY, method=METHOD)
    return written.getvalue()


def _thumbhash(picture: Image.Image) -> str:
    small = picture.convert("RGBA")
    small.thumbnail((THUMB_SIDE, THUMB_SIDE))
    return base64.b64encode(thumbhash(*small.size, small.tobytes())).decode()


def thumbhash(width: int, height: int, rgba: bytes) -> bytes:
    """
    Hash a small picture into the few lowest waves of its brightness, colours and transparency.

    The format is Evan Wallace's ThumbHash (github.com/evanw/thumbhash, rgbaToThumbHash). The one
    package of that name for Python cannot hash a transparent picture.
    """
    reds, greens, blues, opacities = ([value / 255 for value in rgba[at::4]] for at in range(4))
    seen = sum(opacities)
    ground = [
        sum(map(operator.mul, colour, opacities)) / seen if seen else 0.0
        for colour in (reds, greens, blues)
    ]
    light, yellow_blue, red_green = [], [], []
    for *colour, opacity in zip(reds, greens, blues, opacities, strict=True):
        red, green, blue = (
            below * (1 - opacity) + opacity * above
            for above, below in zip(colour, ground, strict=True)
        )
        light.append((red + green + blue) / 3)
        yellow_blue.append((red + green) / 2 - blue)
        red_green.append(red - green)

    has_alpha, is_wide, longer = seen < width * height, width > height, max(width, height)
    finest = 5 if has_alpha else 7
    across, down = (max(1, _rounded(finest * side / longer)) for side in (width, height))
    l_mean, l_peak, l_waves = _waves(light, width, height, max(3, across), max(3, down))
    p_mean, p_peak, p_waves = _waves(yellow_blue, width, height, 3, 3)
    q_mean, q_peak, q_waves = _waves(red_green, width, height, 3, 3)
    head = _rounded(63 * l_mean) | _rounded(31.5 + 31.5 * p_mean) << 6
    head |= _rounded(31.5 + 31.5 * q_mean) << 12 | _rounded(31 * l_peak) << 18 | has_alpha << 23
    shape = (down if is_wide else across) | is_wide << 15
    shape |= _rounded(63 * p_peak) << 3 | _rounded(63 * q_peak) << 9
    hashed = head.to_bytes(3, "little") + shape.to_bytes(2, "little")
    waves = l_waves + p_waves + q_waves
    if has_alpha:
        a_mean, a_peak, a_waves = _waves(opacities, width, height, 5, 5)
        hashed += bytes([_rounded(15 * a_mean) | _rounded(15 * a_peak) << 4])
        waves += a_waves
    waves += [0] * (len(waves) % 2)
    return hashed + bytes(low | high << 4 for low, high in zip(*[iter(waves)] * 2, strict=True))


def _waves(
    channel: list[float], width: int, height: int, across: int, down: int
) -> tuple[float, float, list[int]]:
    """Give a channel's mean, its strongest wave, and its waves (a triangle of them) in 4 bits."""
    found = []
    for v in range(down):
        ups = [math.cos(math.pi / height * v * (y + 0.5)) for y in range(height)]
        for u in range(math.ceil(across * (down - v) / down)):
            sides = [math.cos(math.pi / width * u * (x + 0.5)) for x in range(width)]
            total = sum(
                up * sum(map(operator.mul, channel[y * width : (y + 1) * width], sides))
                for y, up in enumerate(ups)
            )
            found.append(total / (width * height))
    mean, *rest = found
    peak = max(map(abs, rest))
    return mean, peak, [_rounded(7.5 + 7.5 * wave / peak) if peak else 0 for wave in rest]


def _rounded(number: float) -> int:
    """Round half up, as the format's own code does."""
    return math.floor(number + 0.5)


def main() -> None:
    """Answer one request within its limits."""
    request = json.loads(sys.stdin.buffer.readline())
    _limit(memory_bytes=request["memory_bytes"], cpu_seconds=request["cpu_seconds"])
    data = sys.stdin.buffer.read()
    # Warnings about metadata matter to nobody, as none of it stays; more pixels than claimed do.
    warnings.simplefilter("ignore")
    warnings.simplefilter("error", Image.DecompressionBombWarning)
    Image.MAX_IMAGE_PIXELS = request["size"][0] * request["size"][1]
    print("ready", flush=True)
    try:
        copies = copies_of(
            data,
            claimed_format=request["format"],
            claimed_size=(request["size"][0], request["size"][1]),
            widths=request["widths"],
        )
    except MemoryError:
        print(json.dumps({"refused": "costly"}))
        return
    except BROKEN:
        print(json.dumps({"refused": "broken"}))
        return
    answer = {
        "width": copies.width,
        "height": copies.height,
        "thumbhash": copies.thumbhash,
        "variants": [[width, height, len(webp)] for width, height, webp in copies.variants],
    }
    print(json.dumps(answer), flush=True)
    sys.stdout.buffer.write(b"".join(webp for _, _, webp in copies.variants))


def _limit(*, memory_bytes: int, cpu_seconds: int) -> None:
    """Leave this process what it needs; the soft CPU limit is a signal, the hard one a kill."""
    limits = {
        resource.RLIMIT_AS: (memory_bytes, memory_bytes),
        resource.RLIMIT_CPU: (cpu_seconds, cpu_seconds + 1),
        resource.RLIMIT_FSIZE: (0, 0),
        resource.RLIMIT_CORE: (0, 0),
    }
    for kind, limit in limits.items():
        resource.setrlimit(kind, limit)


if __name__ == "__main__":
    main()
