"""Saying the code that came: its mark is compared with the one that is kept."""

from __future__ import annotations

from typing import Any

from allauth.headless.account.inputs import (
    ConfirmLoginCodeInput,
    VerifyEmailInput,
    VerifyPhoneInput,
)
from allauth.headless.account.views import (
    ConfirmLoginCodeView,
    VerifyEmailView,
    VerifyPhoneView,
)

from village.auth.codes import as_marked


class _MarkFirst:
    """Turn what somebody says into its mark, before it is compared with the one that is kept."""

    cleaned_data: dict[str, Any]
    expected_code: str | None

    def clean_code(self) -> str:
        """Compare the marks."""
        self.cleaned_data["code"] = as_marked(self.cleaned_data["code"], self.expected_code)
        mark: str = super().clean_code()  # type: ignore[misc]
        return mark


class SignInCodeInput(_MarkFirst, ConfirmLoginCodeInput):
    """What somebody says who signs in."""


class PhoneCodeInput(_MarkFirst, VerifyPhoneInput):
    """What somebody says whose phone is to be known."""


class AddressCodeInput(VerifyEmailInput):
    """What somebody says whose address is to be known."""

    def clean_key(self) -> str:
        """Compare the marks."""
        if self.process:
            self.cleaned_data["key"] = as_marked(self.cleaned_data["key"], self.process.code)
        mark: str = super().clean_key()  # type: ignore[no-untyped-call]
        return mark


class SignInCodeView(ConfirmLoginCodeView):
    """Say the code that one has asked for."""

    input_class = SignInCodeInput


class PhoneCodeView(VerifyPhoneView):
    """Say the code that came to one's phone."""

    input_class = PhoneCodeInput


class AddressCodeView(VerifyEmailView):
    """Say the code that came to one's address."""

    input_class = AddressCodeInput
