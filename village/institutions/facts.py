"""What stewards have seen of the institutions of their village."""

from __future__ import annotations

from uuid import UUID

from village.journal.facts import Fact


class BadgeProposed(Fact, kind="institutions.badge_proposed"):
    """A steward has looked at an institution, and asks a second one to look as well."""

    badge_id: UUID
    institution_id: UUID


class BadgeGranted(Fact, kind="institutions.badge_granted"):
    """Two have seen that an institution is what it says."""

    badge_id: UUID
    institution_id: UUID


class BadgeWithdrawn(Fact, kind="institutions.badge_withdrawn"):
    """A badge counts no more, or is not going to be given."""

    badge_id: UUID
    institution_id: UUID
