"""What people of a centre do by hand, in a real window on the smallest phone."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.e2e.conftest import Window
from tests.e2e.test_every_page import SMALLEST
from tests.e2e.test_warnings import check
from tests.support.server import VillageServer

pytestmark = [pytest.mark.browser, pytest.mark.slow]
# A call and a letter for edda, as an emergency that nobody reads leaves them in the end.
SEED = """
from uuid import uuid4
from django.utils import timezone
from notifications.models import Delivery, Notification
from village.residents.models import Resident
edda, now = Resident.objects.get(display_name__startswith="Edda"), timezone.now()
for way in ("voice", "print"):
    told = Notification.objects.create(village_id="lindental", resident=edda, in_inbox=False,
        notice="alerts.emergency", kind="test", entry_id=uuid4().int >> 66, language="de",
        title="Die Linde steigt", body="Bitte gehen Sie jetzt.", created_at=now)
    Delivery.objects.create(notification=told, way=way, is_emergency=True, due_at=now)
"""


class TestTheCallSheet:
    def test_tells_what_to_say_and_keeps_what_became_of_it(
        self, window: Window, village: VillageServer
    ) -> None:
        village.command("shell", "-c", SEED)
        carla = window("carla", size=SMALLEST, dark=True)
        carla.goto("/helping")
        carla.get_by_role("link", name="Alte Schule").click()
        carla.get_by_role("link", name="Calls to make").click()
        call = carla.get_by_role("region", name="Edda Lindner")
        expect(call).to_contain_text("Die Linde steigt")
        expect(call).to_contain_text("No phone: please ring at the door.")
        check(carla)
        call.get_by_role("button", name="Reached", exact=True).focus()
        carla.keyboard.press("Enter")
        expect(carla.get_by_text("Noted. Thank you.")).to_be_visible()
        expect(call).to_have_count(0)

        carla.get_by_role("link", name="Alte Schule").click()
        carla.get_by_role("link", name="Letters to carry").click()
        letter = carla.get_by_label("Edda Lindner: Die Linde steigt")
        check(carla)
        letter.check()
        carla.get_by_role("button", name="These are in their boxes").click()
        expect(carla.get_by_text("There is nothing to carry today.")).to_be_visible()
