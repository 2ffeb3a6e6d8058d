"""How the nerves learn that what one village shows of another has ended."""

from __future__ import annotations

from village.federation.facts import SharingEnded
from village.realtime.access import EverybodyChanged, access


def _ended(fact: SharingEnded) -> EverybodyChanged:
    return EverybodyChanged()


# It happens rarely, and whose sockets it concerns is as much work to find out as to ask them all.
access.carry(SharingEnded, _ended)
