"""What happens between a volunteer and the person she acts for."""

from __future__ import annotations

from uuid import UUID

from village.journal.facts import Fact


class SessionBegun(Fact, kind="acting.session_begun"):
    """A volunteer began to act for somebody who was there."""

    session: UUID
    person: UUID


class SessionEnded(Fact, kind="acting.session_ended"):
    """A volunteer's time with somebody was ended."""

    session: UUID
    person: UUID


class StatementMade(Fact, kind="acting.statement_made"):
    """A person was told what was done in her name in a month."""

    statement: UUID
    person: UUID


class GraduationSuggested(Fact, kind="acting.graduation_suggested"):
    """A person was asked whether a mandate may shrink: she does by herself what it covers."""

    graduation: UUID
    mandate: UUID
    person: UUID


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
