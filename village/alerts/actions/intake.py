"""Taking in what other authorities say: each message once, and each in its place."""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from django.db import transaction

from village.alerts import cap, facts, policies, queries
from village.alerts.actions.alerts import AlertDecided, give_out
from village.alerts.models import Alert, AlertFeed, Heard, Stage
from village.alerts.wordings import Text, marked
from village.core.actor import Actor
from village.journal.actions import record
from village.journal.facts import Fact
from village.residents.models import Village

# What says no end of its own is told for a day.
USUALLY_LASTS = timedelta(days=1)
LONGEST = timedelta(days=31)
TEXT_MAX = 5_000
LINE_MAX = 200
# So many drafts of one source wait at most.
WAITING_MAX = 30
SEVERITIES = (
    cap.Severity.EXTREME,
    cap.Severity.SEVERE,
    cap.Severity.MODERATE,
    cap.Severity.MINOR,
    cap.Severity.UNKNOWN,
)
_TOLD = frozenset({cap.Status.ACTUAL, cap.Status.EXERCISE})
_SAID = frozenset({cap.MsgType.ALERT, cap.MsgType.UPDATE, cap.MsgType.CANCEL})


class TakenIn(StrEnum):
    """Say what became of a message."""

    WAITS = "waits"
    RELEASED = "released"
    KNOWN = "known"
    NOT_FOR_US = "not_for_us"
    SETTLED = "settled"


@transaction.atomic
def take_in(*, by: Actor, feed: AlertFeed, message: cap.Message, at: datetime) -> TakenIn:
    """
    Take in one message of a source: as a draft, or told at once where the source is trusted.

    One that is known is taken in once, whichever source brings it. An update takes the place of
    what it speaks of; a cancel takes it back, and where nobody had been told of it, quietly. What
    is over, meant for others, or only a test of wires is passed by.

    :raises NotFound: if the actor is not the system
    """
    policies.may_take_in(by).enforce()
    # Two pulls that bring the same take turns.
    home = Village.objects.select_for_update(no_key=True).get(pk=feed.village_id)
    if not _concerns(message, home, feed):
        return TakenIn.NOT_FOR_US
    name = cap.reference_as_text(message.reference)
    if (
        queries.known(home.pk, [name])
        or queries.is_superseded(home.pk, message.sender, name)
        or queries.heard_of(feed, [_taken_back(name)])
    ):
        return TakenIn.KNOWN
    earlier = _newest(home, message)
    is_cancel = message.msg_type is cap.MsgType.CANCEL
    if is_cancel and (earlier is None or earlier.stage != Stage.RELEASED):
        _withdraw(by, earlier, at)
        # What it speaks of may still be on its way.
        gone = [_taken_back(cap.reference_as_text(each)) for each in message.references]
        Heard.objects.bulk_create(
            [Heard(feed=feed, address=each, at=at) for each in gone], ignore_conflicts=True
        )
        return TakenIn.SETTLED
    said = _said(message, home, feed, earlier)
    if said["expires_at"] <= at:
        return TakenIn.NOT_FOR_US
    replaces = earlier if earlier is not None and earlier.stage == Stage.RELEASED else None
    if earlier is not None and earlier.stage == Stage.DRAFT:
        _withdraw(by, earlier, at)
        replaces = earlier.replaces
    _make_room(by, feed, at)
    alert = Alert.objects.create(
        village=home,
        feed=feed,
        identifier=message.identifier,
        sender=message.sender,
        sent_at=message.sent,
        msg_type=message.msg_type.value,
        references=[cap.reference_as_text(each) for each in message.references],
        first_id=(earlier.first_id or earlier.pk) if earlier is not None else None,
        replaces=replaces,
        document=cap.write(message).decode(),
        created_at=at,
        **said,
    )
    if feed.is_trusted:
        try:
            with transaction.atomic():
                give_out(by, alert, at)
            return TakenIn.RELEASED
        except AlertDecided:
            # What it speaks of was taken back by hand: a person looks at this one.
            alert.refresh_from_db()
    record(facts.AlertDrafted(village=home.pk, alert=alert.pk), by=by, at=at)
    return TakenIn.WAITS


def _taken_back(name: str) -> str:
    return f"taken back: {name}"[:600]


def _concerns(message: cap.Message, home: Village, feed: AlertFeed) -> bool:
    return (
        message.status in _TOLD
        and message.msg_type in _SAID
        and message.scope is cap.Scope.PUBLIC
        and (message.msg_type is cap.MsgType.CANCEL or bool(_infos_for(message, home, feed)))
    )


def _infos_for(message: cap.Message, home: Village, feed: AlertFeed) -> list[cap.Info]:
    outlines = queries.outlines(home)
    return [
        info
        for info in message.infos
        if any(cap.touches(info, outline, feed.codes) for outline in outlines)
    ]


def _newest(home: Village, message: cap.Message) -> Alert | None:
    """Find what a message speaks of, the newest of them, as far along as its matter has come."""
    named = queries.known(home.pk, map(cap.reference_as_text, message.references))
    return max(named.values(), key=lambda each: each.sent_at, default=None)


def _withdraw(by: Actor, earlier: Alert | None, at: datetime) -> None:
    """Throw a draft away that its own source has overtaken."""
    if earlier is None or earlier.stage != Stage.DRAFT:
        return
    Alert.objects.filter(pk=earlier.pk).update(stage=Stage.DISCARDED)
    fact: Fact = facts.AlertDiscarded(village=earlier.village_id, alert=earlier.pk)
    record(fact, by=by, at=at)


def _make_room(by: Actor, feed: AlertFeed, at: datetime) -> None:
    """Let the oldest of a source's drafts give way: a flood of them must not hide the newest."""
    waiting = Alert.objects.filter(feed=feed, stage=Stage.DRAFT).order_by("-sent_at", "-pk")
    for each in waiting[WAITING_MAX - 1 :]:
        _withdraw(by, each, at)


def _said(
    message: cap.Message, home: Village, feed: AlertFeed, earlier: Alert | None
) -> dict[str, Any]:
    """Give what an alert of ours says after a message of theirs."""
    is_drill = message.status is cap.Status.EXERCISE
    infos = _infos_for(message, home, feed) or list(message.infos)
    if not infos and earlier is not None:
        # A cancel need not say anything but what it takes back.
        return {
            **{name: getattr(earlier, name) for name in _KEPT},
            "urgency": cap.Urgency.PAST.value,
        }
    ends = [info.expires for info in infos if info.expires is not None]
    starts = [info.onset for info in infos if info.onset is not None]
    worst = min(infos, key=lambda info: SEVERITIES.index(info.severity))
    texts = _texts(infos)
    areas = dict.fromkeys(area.description for info in infos for area in info.areas)
    expires = max(ends) if ends else message.sent + USUALLY_LASTS
    return {
        "is_drill": is_drill,
        "category": worst.categories[0].value,
        "response": worst.responses[0].value if worst.responses else "",
        "urgency": worst.urgency.value,
        "severity": worst.severity.value,
        "certainty": worst.certainty.value,
        "onset_at": min(starts, default=None),
        "expires_at": min(expires, message.sent + LONGEST),
        "texts": marked(texts) if is_drill else texts,
        "area_name": (", ".join(areas) or home.name)[:LINE_MAX],
    }


_KEPT = (
    "is_drill",
    "category",
    "severity",
    "certainty",
    "onset_at",
    "expires_at",
    "texts",
    "area_name",
)


def _texts(infos: list[cap.Info]) -> list[Text]:
    """Give one text for each language, the worst of it first."""
    found: dict[str, Text] = {}
    for info in sorted(infos, key=lambda info: SEVERITIES.index(info.severity)):
        text = {
            "language": info.language[:20],
            "event": info.event[:LINE_MAX],
            "headline": (info.headline or info.event)[:LINE_MAX],
            "description": info.description[:TEXT_MAX],
            "instruction": info.instruction[:TEXT_MAX],
        }
        found.setdefault(info.language, text)
    return list(found.values())
