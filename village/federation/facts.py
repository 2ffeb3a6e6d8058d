"""What villages agree on."""

from __future__ import annotations

from uuid import UUID

from village.journal.facts import Fact


class SharingAsked(Fact, kind="federation.sharing_asked"):
    """A village has said its yes, and waits for the other one's."""

    agreement_id: UUID
    other: str


class SharingBegun(Fact, kind="federation.sharing_begun"):
    """Both have said yes: the people of one see what the other one shows."""

    agreement_id: UUID
    other: str


class SharingEnded(Fact, kind="federation.sharing_ended"):
    """One of the two wants it no longer; nothing of it is seen from here on."""

    agreement_id: UUID
    other: str
