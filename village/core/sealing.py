"""Keep a secret that must be read again: sealed with a key made from the village's own."""

from __future__ import annotations

import base64
from hashlib import sha256

from cryptography.fernet import Fernet
from django.conf import settings


def seal(purpose: str, text: str) -> str:
    """Give what may be stored of a secret."""
    return _box(purpose).encrypt(text.encode()).decode()


def unseal(purpose: str, sealed: str) -> str:
    """
    Give a secret again.

    :raises cryptography.fernet.InvalidToken: if it was sealed with another key
    """
    return _box(purpose).decrypt(sealed.encode()).decode()


def _box(purpose: str) -> Fernet:
    key = sha256(f"village.core.sealing.{purpose}:{settings.SECRET_KEY}".encode()).digest()
    return Fernet(base64.urlsafe_b64encode(key))
