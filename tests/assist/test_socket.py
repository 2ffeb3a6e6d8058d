"""An ended mandate closes the sockets opened under it, and no others."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from django.utils import timezone

from tests.realtime.test_socket import people, signed_in  # noqa: F401 - fixtures
from tests.support.cast import Cast
from village.assist import actions
from village.core.actor import Actor

pytestmark = pytest.mark.django_db(transaction=True)
# House rule 6: access that has ended is gone from every socket within five seconds.
WITHIN_S = 5


class TestRevocation:
    @pytest.mark.parametrize("name", ["edda", "carla"])
    async def test_closes_the_helpers_socket_and_leaves_the_others(
        self,
        signed_in: Any,  # noqa: F811
        people: Cast,  # noqa: F811
        name: str,
    ) -> None:
        helper = await signed_in(people.vera_for_edda())
        vera, edda = await signed_in(people.vera), await signed_in(people.edda)
        await edda.say(type="subscribe", topic="residents/me")
        assert (await edda.hear())["type"] == "subscribed"

        await sync_to_async(actions.revoke_mandate)(
            by=Actor(getattr(people, name).pk), mandate_id=people.mandate.pk, at=timezone.now()
        )

        async with asyncio.timeout(WITHIN_S):
            assert await helper.hear_close() == 4403
            event = await edda.hear()
        assert (event["kind"], event["data"]["status"]) == ("assist.mandate_revoked", "revoked")
        for phone in (vera, edda):
            await phone.say(type="ping")
            assert (await phone.hear())["type"] == "pong"
