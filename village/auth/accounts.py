"""Sign-in as the village does it: what allauth asks, answered in few words."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.stages import EmailVerificationStage
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from django import forms
from django.conf import settings
from django.db import IntegrityError, transaction
from django.http import HttpRequest, JsonResponse
from django.utils import timezone, translation
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from village.auth.codes import Code, digits_of
from village.auth.speaking import asked_for
from village.core import phone as numbers
from village.core.errors import DomainError
from village.core.forms import LineField
from village.core.sealing import seal, unseal
from village.entrance.actions import write_code
from village.residents.models import Resident
from village.residents.naming import check_letters
from village.residents.queries import needs_second_factor


class PhoneField(forms.CharField):
    """Read a number as people write it, and give it in E.164."""

    def __init__(self, **options: Any) -> None:
        super().__init__(max_length=40, label=gettext_lazy("Your phone number"), **options)

    def to_python(self, value: Any) -> str:
        """Give the number in its one spelling."""
        said = super().to_python(value)
        if not said:
            return ""
        number = numbers.read(said, region=settings.PHONE_REGION)
        if number is None:
            raise forms.ValidationError(
                _("This is not a phone number. Please look again."), code="invalid_phone"
            )
        if not numbers.may_get_codes(number, countries=frozenset(settings.PHONE_COUNTRIES)):
            raise forms.ValidationError(
                _("We cannot send codes to this number."), code="invalid_phone"
            )
        return number


class NameField(LineField):
    """Ask how somebody is called, in letters of one language."""

    def __init__(self, **options: Any) -> None:
        super().__init__(max_length=80, **options)

    def clean(self, value: Any) -> str:
        """Refuse a name that looks like what it is not."""
        name: str = super().clean(value)
        try:
            check_letters(name, field="display_name")
        except DomainError as error:
            raise forms.ValidationError(error.detail, code="strange_name") from None
        return name


class NameForm(forms.Form):
    """Ask a newcomer how she is called; an app may leave that for later."""

    display_name = NameField(required=False)

    def signup(self, request: HttpRequest, user: Any) -> None:
        """Do nothing more: the name is kept with the account."""


class AddressStage(EmailVerificationStage):
    """Ask for the code of a letter, but not of somebody who has shown one from her phone."""

    def handle(self) -> Any:
        """Verify the address by which somebody comes in."""
        user: Any = self.login.user
        if user is not None and not self.login.email and user.phone:
            return None, True
        return super().handle()  # type: ignore[no-untyped-call]


class AccountAdapter(DefaultAccountAdapter):
    """
    Sign-in as the village does it: by codes, in few words.

    A resident's phone is one from which she has shown a code, or which the desk has written down
    for her; one that she only says is hers is kept in her session alone.
    """

    def new_user(self, request: HttpRequest) -> Any:
        """Name a newcomer by her address until she says how she is called."""
        user: Any = super().new_user(request)
        user.language = asked_for(request) or user.language
        user.set_unusable_password()
        return user

    def save_user(self, request: HttpRequest, user: Any, form: Any, commit: bool = True) -> Any:
        """Keep a newcomer."""
        user = super().save_user(request, user, form, commit=False)
        said = form.cleaned_data.get("display_name")
        user.display_name = said or (user.email or "").split("@")[0][:80]
        if commit:
            user.save()
        return user

    def get_login_stages(self) -> list[str]:
        """Name the steps of a sign-in."""
        ours = f"{AddressStage.__module__}.{AddressStage.__qualname__}"
        stages: list[str] = super().get_login_stages()
        return [ours if each.endswith(".EmailVerificationStage") else each for each in stages]

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Write a letter of sign-in, in the language of whoever has the address."""
        known = Resident.objects.filter(email__iexact=email).values_list("language", flat=True)
        if isinstance(code := context.get("code"), Code):
            context = context | {"code": code.digits}
        with translation.override(known.first() or get_language()):
            super().send_mail(template_prefix, email, context)

    def send_account_already_exists_mail(self, email: str) -> None:
        """Tell whoever has an address how she signs in; allauth's words know of passwords alone."""
        said = {"sign_in_url": f"{settings.SITE_URL}{settings.LOGIN_URL}"}
        self.send_mail("web/letters/address_is_known", email, said)

    def generate_login_code(self) -> str:
        """Draw a code to sign in by."""
        return Code.of(super().generate_login_code())

    def generate_email_verification_code(self) -> str:
        """Draw a code for a letter that shows whose an address is."""
        return Code.of(super().generate_email_verification_code())

    def generate_phone_verification_code(self, *, user: Any, phone: str) -> str:
        """Draw a code for a text message."""
        return Code.of(super().generate_phone_verification_code(user=user, phone=phone))

    def phone_form_field(self, **options: Any) -> forms.Field:
        """Give the field in which people write their number."""
        return PhoneField(**options)

    def get_user_by_phone(self, phone: str) -> Resident | None:
        """Find who has a number."""
        return Resident.objects.filter(phone=phone, is_active=True).first()

    def get_phone(self, user: Any) -> tuple[str, bool] | None:
        """Give somebody's number; only one that is hers is ever kept."""
        return (user.phone, True) if user.phone else None

    def set_phone(self, user: Any, phone: str, verified: bool) -> None:
        """Keep a number, once it is somebody's."""
        if verified:
            self.set_phone_verified(user, phone)

    def set_phone_verified(self, user: Any, phone: str) -> None:
        """Keep the number from which somebody has shown a code."""
        if user.phone == phone:
            return
        user.phone = phone
        try:
            with transaction.atomic():
                user.save(update_fields=["phone"])
        except IntegrityError:
            # Two have shown a code from the same phone at once: it belongs to the first.
            raise ImmediateHttpResponse(JsonResponse({"status": 409}, status=409)) from None

    def send_verification_code_sms(self, user: Any, phone: str, code: str, **kwargs: Any) -> None:
        """Send a code."""
        write_code(
            number=phone,
            code=digits_of(code),
            language=user.language,
            is_known=True,
            at=timezone.now(),
        )

    def send_unknown_account_sms(self, phone: str, **kwargs: Any) -> None:
        """Do all that a code costs, and send none: whoever pays for messages pays for her own."""
        _look_for_nobody()
        write_code(
            number=phone,
            code=digits_of(self.generate_login_code()),
            language=get_language() or settings.LANGUAGE_CODE,
            is_known=False,
            at=timezone.now(),
        )

    def send_account_already_exists_sms(self, phone: str) -> None:
        """Tell nobody that a number is taken."""
        self.send_unknown_account_sms(phone)


def _look_for_nobody() -> None:
    """Read one row more, as allauth does of whoever has the address, when it tells what waits."""
    Resident.objects.filter(pk=uuid4()).first()


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
