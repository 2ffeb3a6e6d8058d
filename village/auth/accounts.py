"""Sign-in as the village does it: what allauth asks, answered in few words."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from django.http import HttpRequest

from village.core.sealing import seal, unseal
from village.residents.queries import needs_second_factor


class AccountAdapter(DefaultAccountAdapter):
    """Sign-in as the village does it: by codes, in few words."""

    def new_user(self, request: HttpRequest) -> Any:
        """Name a newcomer by her address until she says how she is called."""
        user = super().new_user(request)
        user.set_unusable_password()
        return user

    def save_user(self, request: HttpRequest, user: Any, form: Any, commit: bool = True) -> Any:
        """Keep a newcomer."""
        user = super().save_user(request, user, form, commit=False)
        user.display_name = user.display_name or (user.email or "").split("@")[0][:80]
        if commit:
            user.save()
        return user


class SecondFactorAdapter(DefaultMFAAdapter):
    """
    Ask for a second factor of those who hold staff roles, or who set up an app for codes.

    To everybody else a passkey is a way in and no second lock: whoever loses the phone it is on
    still comes in by the code in a letter.
    """

    def is_mfa_enabled(self, user: Any, types: Any = None) -> bool:
        """Tell whether somebody is asked for a second factor."""
        if not super().is_mfa_enabled(user, types):
            return False
        has_app = Authenticator.objects.filter(user=user.pk, type=Authenticator.Type.TOTP).exists()
        return has_app or needs_second_factor(user.pk)

    def encrypt(self, text: str) -> str:
        """Seal the secret of an app for codes."""
        return seal("second-factor", text)

    def decrypt(self, encrypted_text: str) -> str:
        """Open it again."""
        return unseal("second-factor", encrypted_text)

    def get_totp_issuer(self) -> str:
        """Name the village's app, as an app for codes lists it."""
        return "Pocket village"
