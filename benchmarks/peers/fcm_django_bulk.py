"""
Hand messages over by fcm-django, as its documentation shows it: to all devices of a queryset.

Its devices are in memory, so that no database of its own counts against it.
"""

from __future__ import annotations

import django

django.setup()

from django.core.management import call_command  # noqa: E402 - needs the apps to be ready
from fcm_django.models import FCMDevice  # noqa: E402

from benchmarks.answering import answer  # noqa: E402
from benchmarks.messages import message, prepare_firebase  # noqa: E402


def fcm_django(number: str) -> int:
    """Send one message to so many devices, 500 at a time; give how many were taken."""
    missing = range(FCMDevice.objects.count(), int(number))
    FCMDevice.objects.bulk_create(
        FCMDevice(registration_id=f"device-{each}", type="android") for each in missing
    )
    some = FCMDevice.objects.filter(pk__lte=int(number))
    return int(some.send_message(message()).response.success_count)


if __name__ == "__main__":
    call_command("migrate", verbosity=0)
    prepare_firebase()
    answer({"fcm_django": fcm_django})
