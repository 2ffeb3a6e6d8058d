"""The sockets of guests: let in while both villages want it, and out within five seconds."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from django.utils import timezone

from tests.realtime.test_socket import nerves, people, signed_in
from tests.support.cast import Cast
from village.core.actor import Actor
from village.federation.actions import end_sharing
from village.federation.models import Agreement, Shared

__all__ = ["nerves", "people", "signed_in"]
pytestmark = pytest.mark.django_db(transaction=True)
NEWS = "villages/lindental/news"
WITHIN_S = 5


@sync_to_async
def both_agree(people: Cast) -> Agreement:
    now = timezone.now()
    agreed: Agreement = Agreement.objects.create(
        reader=people.bergheim,
        source=people.lindental,
        what=Shared.NEWS,
        created_at=now,
        reader_yes_at=now,
        source_yes_at=now,
    )
    return agreed


async def hear(phone: Any, kind: str) -> dict[str, Any]:
    async with asyncio.timeout(WITHIN_S):
        while (heard := await phone.hear())["type"] != kind:
            pass
    return dict(heard)


class TestAGuest:
    async def test_follows_what_is_shown_until_one_of_the_two_ends_it(
        self, signed_in: Any, people: Cast
    ) -> None:
        guest, member = await signed_in(people.strang), await signed_in(people.nora)
        await guest.say(type="subscribe", topic=NEWS)
        assert (await hear(guest, "refused"))["code"] == "topic.not_admitted"

        agreement = await both_agree(people)
        for phone in (guest, member):
            await phone.say(type="subscribe", topic=NEWS)
            assert (await hear(phone, "subscribed"))["topic"] == NEWS

        await sync_to_async(end_sharing)(
            by=Actor(people.stella.pk), agreement_id=agreement.pk, at=timezone.now()
        )
        assert (await hear(guest, "refused"))["topic"] == NEWS
        # Whoever lives there follows on.
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(1):
                while (await member.hear())["type"] != "refused":
                    pass
