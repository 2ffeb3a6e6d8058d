"""What happens to mandates."""

from __future__ import annotations

from uuid import UUID

from village.journal.facts import Fact


class MandateGranted(Fact, kind="assist.mandate_granted"):
    """A centre registered that a person lets it act for her."""

    mandate: UUID
    centre: UUID
    person: UUID


class MandateRevoked(Fact, kind="assist.mandate_revoked"):
    """A mandate was ended before its time; ``why`` says how that came."""

    mandate: UUID
    centre: UUID
    person: UUID
    why: str = "revoked"
