"""What happens between a volunteer and the person she acts for."""

from __future__ import annotations

from uuid import UUID

from village.journal.facts import Fact


class ActPrepared(Fact, kind="acting.act_prepared"):
    """A helper prepared something that somebody else has to say yes to."""

    prepared: UUID
    person: UUID
    centre: UUID


class ActCarriedOut(Fact, kind="acting.act_carried_out"):
    """Somebody said yes to what was prepared, and it was done."""

    prepared: UUID
    person: UUID
    centre: UUID


class ActDropped(Fact, kind="acting.act_dropped"):
    """Somebody decided that what was prepared is not done."""

    prepared: UUID
    person: UUID
    centre: UUID
