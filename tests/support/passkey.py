"""
A phone that keeps passkeys: an authenticator as in WebAuthn Level 2, without the phone.

It makes real keys (ES256), answers a registration with the attestation "none", and signs what it is
asked to. https://www.w3.org/TR/webauthn-2/#sctn-authenticator-ops
"""

from __future__ import annotations

import json
import secrets
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from fido2.cose import ES256
from fido2.utils import websafe_decode, websafe_encode
from fido2.webauthn import (
    Aaguid,
    AttestationObject,
    AttestedCredentialData,
    AuthenticatorData,
)

PRESENT_AND_VERIFIED = AuthenticatorData.FLAG.UP | AuthenticatorData.FLAG.UV


@dataclass
class Phone:
    """Keep one passkey for each site it meets; ``origin`` is the page that asks."""

    origin: str
    credential_id: bytes = field(default_factory=lambda: secrets.token_bytes(32))
    signed: int = 0
    user_handle: str = ""

    def __post_init__(self) -> None:
        self._key = ec.generate_private_key(ec.SECP256R1())

    def register(self, options: dict[str, Any]) -> dict[str, Any]:
        """Make a passkey as ``navigator.credentials.create()`` does; give what a page sends."""
        asked = options["publicKey"]
        self.user_handle = asked["user"]["id"]
        public = ES256.from_cryptography_key(self._key.public_key())
        data = self._data(
            asked["rp"]["id"],
            AttestedCredentialData.create(Aaguid.NONE, self.credential_id, public),
        )
        return self._answer(
            {
                "clientDataJSON": self._client_data("webauthn.create", asked["challenge"]),
                "attestationObject": websafe_encode(AttestationObject.create("none", data, {})),
            }
        )

    def sign(self, options: dict[str, Any]) -> dict[str, Any]:
        """Sign a challenge as ``navigator.credentials.get()`` does; give what a page sends."""
        asked = options["publicKey"]
        self.signed += 1
        data = self._data(asked["rpId"])
        said = self._client_data("webauthn.get", asked["challenge"])
        signature = self._key.sign(data + sha256(websafe_decode(said)).digest(), ec.ECDSA(SHA256()))
        return self._answer(
            {
                "clientDataJSON": said,
                "authenticatorData": websafe_encode(data),
                "signature": websafe_encode(signature),
                "userHandle": self.user_handle,
            }
        )

    def _data(
        self, site: str, credential: AttestedCredentialData | None = None
    ) -> AuthenticatorData:
        flags = PRESENT_AND_VERIFIED
        if credential is not None:
            flags |= AuthenticatorData.FLAG.AT
        return AuthenticatorData.create(
            sha256(site.encode()).digest(), flags, self.signed, credential or b""
        )

    def _client_data(self, kind: str, challenge: str) -> str:
        said = {"type": kind, "challenge": challenge, "origin": self.origin, "crossOrigin": False}
        return websafe_encode(json.dumps(said).encode())

    def _answer(self, response: dict[str, str]) -> dict[str, Any]:
        name = websafe_encode(self.credential_id)
        return {
            "id": name,
            "rawId": name,
            "type": "public-key",
            "response": response,
            "clientExtensionResults": {"credProps": {"rk": True}},
        }
