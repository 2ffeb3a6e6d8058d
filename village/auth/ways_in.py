"""
Ways in that are the village's own: by card, by a phone that nobody knows yet, by two neighbours.

They end as allauth's do, in a session.
"""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import get_adapter
from allauth.account.app_settings import EmailVerificationMethod
from allauth.account.internal.flows.login import perform_login, record_authentication
from allauth.account.internal.flows.login_by_code import LoginCodeVerificationProcess
from allauth.account.models import Login
from allauth.headless.account.inputs import RequestLoginCodeInput
from allauth.headless.account.views import RequestLoginCodeView
from allauth.headless.base.response import AuthenticationResponse, ConflictResponse
from allauth.headless.base.views import APIView
from allauth.headless.constants import Client
from allauth.headless.internal.restkit.inputs import CharField, Input
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.translation import gettext as _

from village.auth.accounts import NameField, PhoneField
from village.auth.confirming import AddressCodeView, PhoneCodeView, SignInCodeView
from village.auth.tokens import RenewTokenView
from village.core.errors import DomainError
from village.core.limits import Budget
from village.core.problem import problem_of
from village.core.visitors import network_of
from village.entrance import actions
from village.residents.models import Resident

# Only wrong ones count, and the right one opens the door all the same: in a centre many people
# with cards come from one address.
WRONG_FROM = Budget("sign-in.cards-from", 60, 3600)
RETURNS_FROM = Budget("sign-in.returns-from", 30, 3600)
# A card is used on devices that many people share.
SHARED_DEVICE_SECONDS = 12 * 60 * 60


class CardInput(Input):
    """What stands on a card: the number that its QR code holds, and the PIN."""

    number = CharField(max_length=40)
    pin = CharField(max_length=20)


class CardView(APIView):
    """Sign in with a card."""

    input_class = CardInput

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Say number and PIN."""
        if request.user.is_authenticated:
            return ConflictResponse(request)
        said = self.input.cleaned_data
        try:
            resident = _opened(request, said["number"], said["pin"])
        except DomainError as error:
            return problem_of(error)
        response = come_in(request, resident, "card")
        request.session.set_expiry(SHARED_DEVICE_SECONDS)
        return response


class CodeRequestInput(RequestLoginCodeInput):
    """Where a code is to be sent: an e-mail address or a phone number."""

    def clean(self) -> Any:
        """Refuse what names neither."""
        said = super().clean()  # type: ignore[no-untyped-call]
        if not self.errors and not said.get("email") and not said.get("phone"):
            raise ValidationError(_("Please write an e-mail address or a phone number."))
        return said


class CodeRequestView(RequestLoginCodeView):
    """Ask for a code."""

    input_class = CodeRequestInput


class PhoneInput(Input):
    """Who is new here: her phone, and how she is called."""

    phone = PhoneField()
    display_name = NameField()


class PhoneView(APIView):
    """Come to the village with nothing but a phone."""

    input_class = PhoneInput

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """
        Ask for a code; saying it is the same as for whoever is known here.

        Whose number is known already gets a code as well, and comes in as who she is.
        """
        if request.user.is_authenticated:
            return ConflictResponse(request)
        said = self.input.cleaned_data
        adapter = get_adapter()
        # Made even when it is not needed: the time this takes tells nobody who lives here.
        newcomer: Any = adapter.new_user(request)
        newcomer.display_name = said["display_name"]
        newcomer.save()
        resident = adapter.get_user_by_phone(said["phone"]) or newcomer
        LoginCodeVerificationProcess.initiate(request=request, user=resident, phone=said["phone"])
        return AuthenticationResponse(request)


class RecoveryInput(Input):
    """What a device holds on which somebody has begun to come back."""

    secret = CharField(max_length=80)


class RecoveryView(APIView):
    """Come back after two neighbours have vouched, and after the time to say no."""

    input_class = RecoveryInput

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Say the secret."""
        if request.user.is_authenticated:
            return ConflictResponse(request)
        try:
            RETURNS_FROM.spend(network_of(request))
            resident = actions.come_back(
                secret=self.input.cleaned_data["secret"], at=timezone.now()
            )
        except DomainError as error:
            return problem_of(error)
        return come_in(request, resident, "neighbours")


def come_in(request: HttpRequest, resident: Resident, way: str) -> HttpResponse:
    """Begin somebody's session, after the second factor where one is asked for."""
    record_authentication(request, resident, method=way)
    # No letter is sent: the way in is the proof.
    login = Login(user=resident, email_verification=EmailVerificationMethod.NONE)
    return AuthenticationResponse.from_response(request, perform_login(request, login))


def _opened(request: HttpRequest, number: str, pin: str) -> Resident:
    try:
        return actions.open_with_card(number=number, pin=pin, at=timezone.now())
    except actions.CardRefused:
        WRONG_FROM.spend(network_of(request))
        raise


_STEPS = (
    ("card", CardView),
    ("code/request", CodeRequestView),
    ("code/confirm", SignInCodeView),
    ("email/verify", AddressCodeView),
    ("phone/verify", PhoneCodeView),
    ("phone/signup", PhoneView),
    ("recovery", RecoveryView),
)
urlpatterns: list[URLPattern] = [
    path(f"{client.value}/v1/auth/{step}", view.as_api_view(client=client))
    for client in (Client.APP, Client.BROWSER)
    for step, view in _STEPS
]
# A browser has a cookie, which is made anew whenever somebody signs in.
urlpatterns.append(path("app/v1/auth/session/renew", RenewTokenView.as_api_view(client=Client.APP)))
