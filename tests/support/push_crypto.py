"""
A browser's side of Web Push, written from RFC 8188, 8291 and 8292 alone.

It shares nothing with the library that encrypts, so that it can tell whether that one is right.
"""

from __future__ import annotations

import json
import os
from base64 import urlsafe_b64decode, urlsafe_b64encode
from typing import Any

from cryptography.hazmat.primitives import hashes, hmac, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.ciphers.aead import AESGCM


class Browser:
    """Hold the secrets of one subscription."""

    def __init__(self, endpoint: str) -> None:
        self.endpoint = endpoint
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._secret = os.urandom(16)

    @property
    def point(self) -> bytes:
        return point_of(self._key.public_key())

    @property
    def keys(self) -> dict[str, str]:
        return {"p256dh": encoded(self.point), "auth": encoded(self._secret)}

    @property
    def subscription(self) -> dict[str, Any]:
        """Give what ``PushSubscription.toJSON()`` gives."""
        return {"endpoint": self.endpoint, "expirationTime": None, "keys": self.keys}

    def read(self, body: bytes) -> dict[str, str]:
        """
        Decrypt a message of one record.

        :raises cryptography.exceptions.InvalidTag: if it is for another browser, or was changed
        """
        salt, size, length = body[:16], int.from_bytes(body[16:20]), body[20]
        sender, record = body[21 : 21 + length], body[21 + length :]
        assert length == 65 and len(record) <= size
        public = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), sender)
        shared = self._key.exchange(ec.ECDH(), public)
        info = b"WebPush: info\x00" + self.point + sender
        material = _expand(_extract(self._secret, shared), info, 32)
        extracted = _extract(salt, material)
        key = _expand(extracted, b"Content-Encoding: aes128gcm\x00", 16)
        nonce = _expand(extracted, b"Content-Encoding: nonce\x00", 12)
        padded = AESGCM(key).decrypt(nonce, record, None)
        # RFC 8188, section 2: the last record ends with a 2 and any number of zeros.
        text = padded.rstrip(b"\x00")
        assert text[-1] == 2
        found: dict[str, str] = json.loads(text[:-1])
        return found


def claims_of(header: str, *, key: str) -> dict[str, Any]:
    """
    Check who signed a request, and give what was signed.

    :raises cryptography.exceptions.InvalidSignature: if it was not the holder of the key
    """
    scheme, _, rest = header.partition(" ")
    fields = dict(each.strip().split("=", 1) for each in rest.split(","))
    assert scheme == "vapid" and fields["k"] == key
    head, content, signature = fields["t"].split(".")
    assert json.loads(decoded(head)) == {"typ": "JWT", "alg": "ES256"}
    raw = decoded(signature)
    der = encode_dss_signature(int.from_bytes(raw[:32]), int.from_bytes(raw[32:]))
    public = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), decoded(key))
    public.verify(der, f"{head}.{content}".encode(), ec.ECDSA(hashes.SHA256()))
    found: dict[str, Any] = json.loads(decoded(content))
    return found


def point_of(key: ec.EllipticCurvePublicKey) -> bytes:
    return key.public_bytes(
        serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint
    )


def encoded(data: bytes) -> str:
    return urlsafe_b64encode(data).decode().rstrip("=")


def decoded(text: str) -> bytes:
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))


def _extract(salt: bytes, material: bytes) -> bytes:
    mac = hmac.HMAC(salt, hashes.SHA256())
    mac.update(material)
    return mac.finalize()


def _expand(key: bytes, info: bytes, length: int) -> bytes:
    mac = hmac.HMAC(key, hashes.SHA256())
    mac.update(info + b"\x01")
    return mac.finalize()[:length]
