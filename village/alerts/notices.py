"""Who hears of a danger: everybody whom it hits, and before that the second person."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from uuid import UUID

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from village.alerts import queries
from village.alerts.facts import AlertDrafted, AlertReleased
from village.alerts.models import Alert
from village.core.actor import Scope
from village.journal.notices import Importance, Notice, Words

Hit = Callable[[AlertReleased], Iterable[UUID]]


def _hit(wanted: Callable[[Alert], bool]) -> Hit:
    """Give those whom an alert is for, when it is of one kind."""

    def audience(fact: AlertReleased) -> Iterable[UUID]:
        alert = queries.alert(fact.alert)
        if alert is None or not wanted(alert):
            return []
        return queries.people_hit(alert).values_list("pk", flat=True)

    return audience


def _is_grave(alert: Alert) -> bool:
    return alert.is_grave


def _is_minor(alert: Alert) -> bool:
    return not alert.is_grave and not alert.is_drill


def _is_drill(alert: Alert) -> bool:
    return alert.is_drill


def _told(fact: AlertReleased) -> Words | None:
    alert = queries.alert(fact.alert)
    if alert is None:
        return None
    text = alert.text_for(get_language() or "")
    link = f"/alerts/{alert.pk}"
    if alert.is_cancel:
        title = _("It is over: %(headline)s") % {"headline": text["headline"]}
        return Words(title, text["description"], link)
    said = (text["description"], text["instruction"], alert.area_name)
    return Words(text["headline"], "\n".join(filter(None, said)), link)


def _second_person(fact: AlertDrafted) -> Iterable[UUID]:
    return queries.authority(fact.village).values_list("pk", flat=True)


def _waits(fact: AlertDrafted) -> Words | None:
    alert = queries.draft(fact.alert)
    if alert is None or not alert.waits:
        return None
    return Words(
        title=_("A warning waits for your yes."),
        body=alert.text_for(get_language() or "")["headline"],
        link=f"/alerts/{alert.pk}",
    )


def _matter(fact: AlertReleased) -> str:
    return f"alerts/{fact.first}"


def _draft(fact: AlertDrafted) -> str:
    return f"alert-drafts/{fact.alert}"


# What endangers people cannot be muted; a drill and a lesser warning can.
for key, importance, wanted in (
    ("alerts.emergency", Importance.EMERGENCY, _is_grave),
    ("alerts.warning", Importance.PERSONAL, _is_minor),
    ("alerts.drill", Importance.PERSONAL, _is_drill),
):
    Notice(
        key,
        of=AlertReleased,
        audience=_hit(wanted),
        words=_told,
        importance=importance,
        scope=Scope.NEWS_READ,
        thread=_matter,
        is_official=True,
    )
Notice(
    "alerts.waiting",
    of=AlertDrafted,
    audience=_second_person,
    words=_waits,
    importance=Importance.PERSONAL,
    scope=None,
    thread=_draft,
    is_official=True,
)
