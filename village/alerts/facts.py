"""What happens to alerts."""

from __future__ import annotations

from uuid import UUID

from village.journal.facts import Fact


class AlertDrafted(Fact, kind="alerts.alert_drafted"):
    """An alert, or its update, waits for a second person."""

    alert: UUID


class AlertReleased(Fact, kind="alerts.alert_released"):
    """
    The village is told of a danger, of how it goes on, or that it is over.

    ``first`` is the alert that the matter began with.
    """

    alert: UUID
    first: UUID


class AlertExpired(Fact, kind="alerts.alert_expired"):
    """The time for which an alert was meant has passed."""

    alert: UUID


class AlertDiscarded(Fact, kind="alerts.alert_discarded"):
    """A drafted alert is not going to be released."""

    alert: UUID


class SourceHeard(Fact, kind="alerts.source_heard"):
    """The village listens to another authority's warnings from now on."""

    feed: UUID
    trusted: bool


class SourceForgotten(Fact, kind="alerts.source_forgotten"):
    """The village listens to another authority no more."""

    feed: UUID


class RollCallOpened(Fact, kind="alerts.roll_call_opened"):
    """Everybody of an area is asked whether she is safe."""

    roll_call: UUID


class RollCallEnded(Fact, kind="alerts.roll_call_ended"):
    """Nobody is asked any more."""

    roll_call: UUID


class RollCallForgotten(Fact, kind="alerts.roll_call_forgotten"):
    """Who answered what is not known any more."""

    roll_call: UUID


class AnswerGiven(Fact, kind="alerts.answer_given"):
    """
    There is word of somebody.

    Of whom, and what it says, is in the answer alone, and gone with it.
    """

    roll_call: UUID
    answer: UUID
