"""What screens follow of warnings: the village what is in force, the town hall what waits."""

from __future__ import annotations

from village.alerts import queries, rolls
from village.alerts.facts import (
    AlertDiscarded,
    AlertDrafted,
    AlertExpired,
    AlertReleased,
    AnswerGiven,
    RollCallEnded,
    RollCallForgotten,
    RollCallOpened,
)
from village.alerts.schemas import (
    AlertDraftOut,
    AlertOut,
    RollCallAnswerOut,
    RollCallOut,
    show_alert,
    show_answer,
    show_draft,
    show_roll_call,
)
from village.core.actor import Actor, Scope
from village.core.permissions import MEMBERS, Standing, may
from village.journal.topics import Topic, uuid_or_none
from village.residents.queries import is_member, members_among


def lives_here(by: Actor, *, village: str) -> bool:
    """Admit who belongs to the village."""
    return is_member(by, village)


def warns(by: Actor, *, village: str) -> bool:
    """Admit those who warn for the town hall."""
    return queries.is_authority(by, village)


def _told(fact: AlertReleased | AlertExpired) -> AlertOut | None:
    found = queries.alert(fact.alert)
    return show_alert(found) if found is not None else None


def _drafted(fact: AlertDrafted | AlertReleased | AlertDiscarded) -> AlertDraftOut | None:
    found = queries.draft(fact.alert)
    return show_draft(found) if found is not None else None


alerts = Topic(
    "villages/{village}/alerts",
    admits=lives_here,
    admits_all=members_among,
    scope=Scope.NEWS_READ,
    who=MEMBERS,
    snapshot="/api/v1/villages/{village}/alerts?position=1",
    carries={AlertReleased: _told, AlertExpired: _told},
)
desk = Topic(
    "villages/{village}/alert-drafts",
    admits=warns,
    scope=None,
    who=may(Standing.CLERK, Standing.STEWARD),
    snapshot="/api/v1/villages/{village}/alert-drafts?position=1",
    carries=dict.fromkeys((AlertDrafted, AlertReleased, AlertDiscarded), _drafted),
)


def _roll_call(fact: RollCallOpened | RollCallEnded | RollCallForgotten) -> RollCallOut | None:
    found = rolls.roll_calls().filter(pk=fact.roll_call).first()
    return show_roll_call(found) if found is not None else None


def _answered(fact: AnswerGiven) -> RollCallAnswerOut | None:
    found = rolls.answer(fact.answer)
    return show_answer(found) if found is not None else None


def watches(by: Actor, *, roll_call: str) -> bool:
    """Admit wardens, as long as it is known who answered what."""
    roll_call_id = uuid_or_none(roll_call)
    found = rolls.roll_calls().filter(pk=roll_call_id).first() if roll_call_id else None
    return (
        found is not None and found.forgotten_at is None and rolls.is_warden(by, found.village_id)
    )


# Everybody sees that there is a roll call, and wardens who answers.
for fact in (RollCallOpened, RollCallEnded):
    alerts.carry(fact, _roll_call)
roll = Topic(
    "roll-calls/{roll_call}",
    admits=watches,
    scope=None,
    who=may(Standing.CLERK, Standing.STEWARD, Standing.COORDINATOR, Standing.VOLUNTEER),
    snapshot="/api/v1/roll-calls/{roll_call}/unaccounted?position=1",
    carries={AnswerGiven: _answered, RollCallEnded: _roll_call, RollCallForgotten: _roll_call},
    erasing=frozenset({RollCallForgotten}),
    # A whole village answers at once.
    hot=True,
)
