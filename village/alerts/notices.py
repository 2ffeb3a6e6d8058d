"""Who hears of a danger: everybody whom it hits, and before that the second person."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from uuid import UUID

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from village.alerts import queries, rolls
from village.alerts.facts import AlertDrafted, AlertReleased, AnswerGiven, RollCallOpened
from village.alerts.models import Alert, Condition, Source
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
    ("alerts.drill", Importance.DRILL, _is_drill),
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


def _asked(is_drill: bool) -> Callable[[RollCallOpened], Iterable[UUID]]:
    def audience(fact: RollCallOpened) -> Iterable[UUID]:
        roll = rolls.roll_calls().filter(pk=fact.roll_call).first()
        if roll is None or roll.is_drill != is_drill:
            return []
        # Whoever has been heard of meanwhile is asked no more.
        return rolls.not_heard_of(roll).values_list("pk", flat=True)

    return audience


def _are_you_safe(fact: RollCallOpened) -> Words | None:
    roll = rolls.roll_calls().filter(pk=fact.roll_call).first()
    if roll is None or roll.closed_at is not None:
        return None
    title = _("Are you safe?")
    return Words(
        title=_("DRILL: %(title)s") % {"title": title} if roll.is_drill else title,
        body=_("Please answer, or ask somebody to answer for you."),
        link=f"/roll-calls/{roll.pk}",
    )


def _wardens(fact: AnswerGiven) -> Iterable[UUID]:
    answer = rolls.answer(fact.answer)
    if answer is None or answer.condition != Condition.NEEDS_HELP:
        return []
    return rolls.wardens(fact.village).values_list("pk", flat=True)


def _help_needed(fact: AnswerGiven) -> Words | None:
    answer = rolls.answer(fact.answer)
    if answer is None or answer.condition != Condition.NEEDS_HELP:
        return None
    # Never who and why: a phone lies open on the kitchen table.
    title = _("Somebody needs help.")
    is_drill = answer.roll_call.is_drill
    return Words(
        title=_("DRILL: %(title)s") % {"title": title} if is_drill else title,
        body=_("Open the app to see who."),
        link=f"/roll-calls/{fact.roll_call}",
    )


def _spoken_of(fact: AnswerGiven) -> Iterable[UUID]:
    answer = rolls.answer(fact.answer)
    is_hers = answer is None or answer.source == Source.SELF
    return [] if answer is None or is_hers else [answer.resident_id]


def _spoken_for(fact: AnswerGiven) -> Words | None:
    answer = rolls.answer(fact.answer)
    if answer is None:
        return None
    said = Condition(answer.condition).label
    return Words(
        title=_("Somebody has told the village how you are: %(said)s.") % {"said": said},
        body=_("If this is not right, please answer yourself."),
        link=f"/roll-calls/{fact.roll_call}",
    )


def _roll(fact: RollCallOpened | AnswerGiven) -> str:
    return f"roll-calls/{fact.roll_call}"


for key, is_drill, importance in (
    ("alerts.roll_call", False, Importance.EMERGENCY),
    ("alerts.roll_call_drill", True, Importance.PERSONAL),
):
    Notice(
        key,
        of=RollCallOpened,
        audience=_asked(is_drill),
        words=_are_you_safe,
        importance=importance,
        scope=Scope.NEWS_READ,
        thread=_roll,
        is_official=True,
    )
Notice(
    "alerts.help_needed",
    of=AnswerGiven,
    audience=_wardens,
    words=_help_needed,
    importance=Importance.PERSONAL,
    scope=None,
    is_official=True,
)
Notice(
    "alerts.spoken_for",
    of=AnswerGiven,
    audience=_spoken_of,
    words=_spoken_for,
    importance=Importance.TRANSACTIONAL,
    scope=None,
    thread=_roll,
    is_official=True,
)
