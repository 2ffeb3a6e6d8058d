"""Choosing what to hear, and by which way."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.core import signing
from django.db import transaction
from django.utils.translation import gettext as _

from notifications import policies, queries
from notifications.actions.errands import UNSUBSCRIBE_SALT
from notifications.facts import PreferenceSet
from notifications.models import EVERYTHING, Preference, Timing, Way
from village.core.actor import Actor
from village.core.errors import DomainError, Invalid
from village.journal.actions import record
from village.journal.notices import Importance, Notice
from village.residents.models import Resident
from village.residents.queries import resident_or_404, villages_of

# What has no letter that could wait for others.
NO_DIGESTS = frozenset({Way.INBOX, Way.VOICE})


class WayNotHere(DomainError):
    """This deployment has nobody to carry letters by this way."""

    code = "notifications.way_not_here"

    def __init__(self, way: Way) -> None:
        words = _("Nobody here can be told by this way yet: %(way)s.")
        super().__init__(words % {"way": way.label}, field="way")


class NoAddress(DomainError):
    """The village does not know where this way would lead."""

    code = "notifications.no_address"

    def __init__(self, way: Way) -> None:
        words = {
            Way.EMAIL: _("The village knows no e-mail address of this person."),
            Way.SMS: _("The village knows no phone number of this person."),
            Way.VOICE: _("The village knows no phone number of this person."),
        }
        super().__init__(words[way], field="way")


class InboxKept(DomainError):
    """What concerns a person herself stays where she finds it again."""

    code = "notifications.inbox_kept"

    def __init__(self) -> None:
        super().__init__(_("What concerns you always stays in your inbox."), field="way")


class CannotBeMuted(DomainError):
    """An emergency is told to everybody who can be reached."""

    code = "notifications.cannot_be_muted"

    def __init__(self) -> None:
        super().__init__(_("Emergencies are always told. You can end drills."), field="notice")


@dataclass(frozen=True, slots=True)
class Unsubscribed:
    """Say what somebody is told no longer, and by which way."""

    notice: str
    way: Way


@transaction.atomic
def set_preference(*, by: Actor, notice: str, way: Way, timing: Timing, at: datetime) -> Preference:
    """
    Choose by which way, and when, the principal hears of a notice, or of ``EVERYTHING``.

    :raises Invalid: if there is no such notice
    :raises OutOfScope: if the mandate does not cover the settings, or what the notice is about
    :raises WayNotHere: if nobody here carries letters by this way
    :raises NoAddress: if the way would lead nowhere
    :raises InboxKept: if it would take what concerns her out of her inbox
    :raises CannotBeMuted: if it would silence emergencies, or let them wait
    """
    meant = Notice.declared.get(notice)
    if meant is None and notice != EVERYTHING:
        raise Invalid(_("There is no such notice."), field="notice")
    policies.may_prefer(by, meant).enforce()
    if timing not in (Timing.NONE, Timing.NOW) and way in NO_DIGESTS:
        raise Invalid(_("This way tells at once or not at all."), field="timing")
    is_emergency = meant is not None and meant.importance is Importance.EMERGENCY
    if timing is not Timing.NONE:
        _refuse_what_leads_nowhere(way, resident_or_404(by.principal_id))
        if is_emergency and timing is not Timing.NOW:
            raise CannotBeMuted
    elif is_emergency and way in queries.UNASKED:
        raise CannotBeMuted
    elif way is Way.INBOX and meant is not None and meant.importance in queries.CONCERNS_HER:
        raise InboxKept
    preference, is_new = Preference.objects.select_for_update().get_or_create(
        resident_id=by.principal_id, notice=notice, way=way, defaults={"timing": timing}
    )
    if not is_new and preference.timing == timing:
        return preference
    preference.timing = timing
    preference.save(update_fields=["timing"])
    # Choices are a person's own; the journal keeps them where she lives.
    if (village := villages_of(by).order_by("name").first()) is not None:
        record(
            PreferenceSet(
                village=village.pk,
                resident_id=by.principal_id,
                notice=notice,
                way=way,
                timing=timing,
            ),
            by=by,
            at=at,
        )
    return preference


def unsubscribe(*, token: str, at: datetime) -> Unsubscribed | None:
    """
    End letters by one way, as the link in each of them can; nothing for a link that is not ours.

    Who has the link has the letter: it can silence that, and nothing else.
    """
    try:
        resident, notice, way = signing.loads(token, salt=UNSUBSCRIBE_SALT)
        person, way = UUID(resident), Way(way)
    except (signing.BadSignature, ValueError, TypeError):
        return None
    if not Resident.objects.filter(pk=person, is_active=True).exists():
        return None
    set_preference(by=Actor(person), notice=notice, way=way, timing=Timing.NONE, at=at)
    return Unsubscribed(notice, way)


def _refuse_what_leads_nowhere(way: Way, resident: Resident) -> None:
    if way not in queries.ways_here():
        raise WayNotHere(way)
    if queries.lacks_address(resident, way):
        raise NoAddress(way)
