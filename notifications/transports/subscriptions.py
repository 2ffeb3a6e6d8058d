"""What a browser gives as its address: where its push service is, and the keys of its letters."""

from __future__ import annotations

from base64 import b64decode
from collections.abc import Mapping
from urllib.parse import urlsplit

from cryptography.hazmat.primitives.asymmetric import ec


def origin_of(endpoint: str, allowed: frozenset[str]) -> str:
    """
    Give the origin of a push service, or nothing if no letter goes to such an address.

    It speaks HTTPS on its own port; only a place of a test may be otherwise.
    """
    try:
        parts = urlsplit(endpoint)
        port = parts.port or (443 if parts.scheme == "https" else 80)
    except ValueError:
        return ""
    if not parts.hostname or "@" in parts.netloc:
        return ""
    if f"{parts.hostname}:{port}" in allowed and parts.scheme in ("http", "https"):
        return f"{parts.scheme}://{parts.netloc}"
    return f"https://{parts.netloc}" if parts.scheme == "https" and port == 443 else ""


def keys_are_good(keys: Mapping[str, str]) -> bool:
    """Tell whether these are the keys of a subscription (RFC 8291, section 2)."""
    point, secret = _decoded(keys.get("p256dh", "")), _decoded(keys.get("auth", ""))
    if len(point) != 65 or len(secret) != 16:
        return False
    try:
        ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), point)
    except ValueError:
        return False
    return True


def _decoded(text: str) -> bytes:
    try:
        return b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except ValueError:
        return b""
