"""What happens to the bulletin."""

from __future__ import annotations

from uuid import UUID

from village.journal.facts import Fact


class BulletinPublished(Fact, kind="bulletin.bulletin_published"):
    """The bulletin of a week has come out."""

    bulletin: UUID
