"""What screens follow of warnings: the village what is in force, the town hall what waits."""

from __future__ import annotations

from village.alerts import queries
from village.alerts.facts import AlertDiscarded, AlertDrafted, AlertExpired, AlertReleased
from village.alerts.schemas import AlertDraftOut, AlertOut, show_alert, show_draft
from village.core.actor import Actor, Scope
from village.core.permissions import MEMBERS, Standing, may
from village.journal.topics import Topic
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
