"""The verbs of sitting with somebody."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from village.acting import facts, queries
from village.acting.models import LASTS, AssistedSession, Place, Proof
from village.assist import queries as mandates
from village.assist.actions import prove_presence, spend_code, stay_awake
from village.assist.models import Mandate
from village.core.actor import SYSTEM, Actor
from village.core.errors import DomainError, Forbidden
from village.journal.actions import record
from village.residents.models import Resident


class SitsElsewhere(DomainError):
    """The volunteer is with somebody already: one person at a time."""

    code = "assist.session_elsewhere"

    def __init__(self, name: str) -> None:
        super().__init__(_("You are with %(name)s. Please end that first.") % {"name": name})


@transaction.atomic
def begin_session(
    *, by: Actor, mandate_id: UUID, place: Place, purpose: str, code: str, at: datetime
) -> AssistedSession:
    """
    Begin to act for somebody who is there: she says so with a code from her card, or her PIN.

    A PIN counts at the desk alone, where she types it in. It lasts half an hour, or less if the
    mandate ends before.

    :raises Forbidden: if the actor acts for somebody else
    :raises MandateUnknown: if the actor holds no such mandate
    :raises MandateEnded: if it is not in force
    :raises SitsElsewhere: if she is with somebody else
    :raises CardExpired: if the person has no card in force
    :raises CodeRefused: if the code is not one that she still has
    :raises TooMany: after too many wrong ones
    """
    if by.is_assisted:
        raise Forbidden(_("You do this for yourself only."))
    # One at a time also when two devices begin at once.
    Resident.objects.select_for_update(no_key=True).get(pk=by.principal_id)
    helper, _name = mandates.actor_under_mandate(
        helper_id=by.principal_id, mandate_id=mandate_id, at=at
    )
    mandates.hold(helper)
    live = queries.live_session(by.principal_id, at=at)
    if live is not None:
        raise SitsElsewhere(live.mandate.person.display_name)
    # A PIN that is said aloud on the phone would be the volunteer's as well from then on.
    by_pin = False
    if place is Place.DESK:
        by_pin = prove_presence(person_id=helper.principal_id, code=code, at=at)
    else:
        spend_code(person_id=helper.principal_id, code=code, at=at)
    # One that nobody ended was over when its time was.
    for over in AssistedSession.objects.filter(volunteer=by.principal_id, ended_at=None):
        over.ended_at = over.ends_at
        over.save(update_fields=["ended_at"])
    mandate = mandates.mandates().get(pk=mandate_id)
    session = AssistedSession.objects.create(
        village_id=mandate.village_id,
        mandate=mandate,
        volunteer_id=by.principal_id,
        place=place,
        purpose=purpose,
        proof=Proof.PIN if by_pin else Proof.CARD,
        starts_at=at,
        ends_at=min(at + LASTS, helper.until or at + LASTS),
        created_at=at,
    )
    stay_awake(centre_id=mandate.centre_id, volunteer_id=by.principal_id, at=at)
    record(
        facts.SessionBegun(
            village=session.village_id, session=session.pk, person=mandate.person_id
        ),
        by=helper,
        at=at,
    )
    return session


@transaction.atomic
def close_session(*, by: Actor, session_id: UUID, at: datetime) -> bool:
    """
    Close a session whose time is over and that nobody has ended; tell whether it was one.

    :raises Forbidden: if the actor is not the system
    """
    if by != SYSTEM:
        raise Forbidden
    over = queries.overdue_sessions(at).select_for_update(of=("self",)).filter(pk=session_id)
    session = over.select_related("mandate").first()
    if session is None:
        return False
    session.ended_at = session.ends_at
    session.save(update_fields=["ended_at"])
    ended = facts.SessionEnded(
        village=session.village_id, session=session.pk, person=session.mandate.person_id
    )
    record(ended, by=by, at=at)
    return True


@transaction.atomic
def end_session(*, by: Actor, session_id: UUID, at: datetime) -> AssistedSession:
    """
    End a session, as the volunteer or as the person; one that is over stays as it is.

    :raises NotFound: if the actor has no such session
    """
    session = queries.visible_session(by, session_id)
    # The row that every act holds: what is on its way is done first, and is on the slip.
    Mandate.objects.select_for_update(no_key=True).get(pk=session.mandate_id)
    session.refresh_from_db(fields=["ended_at"])
    if not session.is_live(at):
        return session
    session.ended_at = at
    session.save(update_fields=["ended_at"])
    person = session.mandate.person_id
    helper = Actor(person, helper_id=session.volunteer_id, mandate_id=session.mandate_id)
    record(
        facts.SessionEnded(village=session.village_id, session=session.pk, person=person),
        by=by if by.principal_id == person else helper,
        at=at,
    )
    return session
