"""Ways in that are the village's own: by card. They end as allauth's do, in a session."""

from __future__ import annotations

from typing import Any

from allauth.account.app_settings import EmailVerificationMethod
from allauth.account.internal.flows.login import perform_login, record_authentication
from allauth.account.models import Login
from allauth.headless.base.response import AuthenticationResponse, ConflictResponse
from allauth.headless.base.views import APIView
from allauth.headless.constants import Client
from allauth.headless.internal.restkit.inputs import CharField, Input
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path
from django.utils import timezone

from village.core.errors import DomainError
from village.core.limits import Budget
from village.core.problem import problem_of
from village.core.visitors import network_of
from village.entrance import actions
from village.residents.models import Resident

# Only wrong ones count, and the right one opens the door all the same: in a centre many people
# with cards come from one address.
WRONG_FROM = Budget("sign-in.cards-from", 60, 3600)
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


urlpatterns: list[URLPattern] = [
    path(f"{client.value}/v1/auth/card", CardView.as_api_view(client=client))
    for client in (Client.APP, Client.BROWSER)
]
