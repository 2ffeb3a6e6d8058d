"""
The key by which push services know this village (VAPID, RFC 8292).

It is made from the village's own secret, so that Web Push needs no account and no file; an
operator who moves a village with its devices gives the key itself.
"""

from __future__ import annotations

from base64 import urlsafe_b64encode
from functools import cache

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

# The order of the group of P-256 (FIPS 186-5): a private key is a number from 1 to below it.
_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551


@cache
def key_of(given: str, secret: str) -> ec.EllipticCurvePrivateKey:
    """
    Give the private key: the one that was given as PEM, or else one made from a secret.

    :raises ValueError: if what was given is no key of the curve P-256
    """
    if given:
        key = serialization.load_pem_private_key(given.replace("\\n", "\n").encode(), None)
        if not isinstance(key, ec.EllipticCurvePrivateKey) or key.curve.name != "secp256r1":
            raise ValueError("VAPID_PRIVATE_KEY is no key of the curve P-256")
        return key
    # Twice the length of the group's order, so that no number is likelier than another.
    made = HKDF(hashes.SHA256(), 64, None, b"notifications.web_push").derive(secret.encode())
    return ec.derive_private_key(int.from_bytes(made) % (_ORDER - 1) + 1, ec.SECP256R1())


def public_text(key: ec.EllipticCurvePrivateKey) -> str:
    """Give the public key as a browser wants it: the point, uncompressed, in URL-safe Base64."""
    point = key.public_key().public_bytes(
        serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint
    )
    return urlsafe_b64encode(point).decode().rstrip("=")
