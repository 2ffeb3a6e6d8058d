"""How prepared acts and the ledger look on the wire."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from pydantic import ConfigDict

from village.acting.models import KEPT_FOR, AssistedSession, Place, PreparedAct, Proof, WaitsFor
from village.acting.words import deed
from village.core.actor import Scope
from village.core.schemas import In, Line, Out
from village.journal.models import Entry
from village.residents.queries import names_of


class SessionIn(In):
    """
    Begin to act for somebody who is there.

    She shows it with a ``code`` from her card, or at the desk with her PIN. On the phone one may
    only read and prepare.
    """

    model_config = ConfigDict(
        json_schema_extra={
            "example": {"place": "desk", "purpose": "The harvest dinner", "code": "4711 0815"}
        }
    )

    place: Place
    purpose: Line
    code: Line


class SessionOut(Out):
    """
    The time in which a volunteer acts for somebody; at most half an hour.

    ``slip`` is the address of what the person takes home, a PDF.
    """

    id: UUID
    village: str
    created_at: datetime
    mandate: UUID
    person: UUID
    person_name: str
    helper: UUID
    helper_name: str
    centre_name: str
    place: Place
    purpose: str
    proof: Proof
    starts_at: datetime
    ends_at: datetime
    ended_at: datetime | None
    slip: str


class PreparedOut(Out):
    """
    Something that a helper has prepared, and that somebody else has yet to say yes to.

    ``waits_for`` says who: the ``person`` herself, or a ``second`` volunteer of the centre. It
    waits until ``until``; what was written is forgotten as soon as it is settled.
    """

    id: UUID
    village: str
    created_at: datetime
    mandate: UUID
    person: UUID
    person_name: str
    helper: UUID
    helper_name: str
    scope: Scope
    method: str
    path: str
    waits_for: WaitsFor
    until: datetime
    settled_at: datetime | None
    is_done: bool


class LedgerLineOut(Out):
    """
    Something that a helper did in my name.

    ``words`` says what it was in my language, ``kind`` is that of the fact in the journal, ``at``
    is when it happened, ``number`` its place in the village's chain.
    """

    id: int
    village: str
    created_at: datetime
    at: datetime
    kind: str
    words: str
    number: int
    helper: UUID
    helper_name: str | None
    mandate: UUID


def show_session(session: AssistedSession) -> SessionOut:
    """Show a session."""
    return SessionOut(
        id=session.pk,
        village=session.village_id,
        created_at=session.created_at,
        mandate=session.mandate_id,
        person=session.mandate.person_id,
        person_name=session.mandate.person.display_name,
        helper=session.volunteer_id,
        helper_name=session.volunteer.display_name,
        centre_name=session.mandate.centre.name,
        place=Place(session.place),
        purpose=session.purpose,
        proof=Proof(session.proof),
        starts_at=session.starts_at,
        ends_at=session.ends_at,
        ended_at=session.ended_at,
        slip=f"/sessions/{session.pk}/slip.pdf",
    )


def show_prepared(act: PreparedAct) -> PreparedOut:
    """Show a prepared act; what was written in it is shown on its page, to those it waits for."""
    return PreparedOut(
        id=act.pk,
        village=act.village_id,
        created_at=act.created_at,
        mandate=act.mandate_id,
        person=act.mandate.person_id,
        person_name=act.mandate.person.display_name,
        helper=act.volunteer_id,
        helper_name=act.volunteer.display_name,
        scope=Scope(act.scope),
        method=act.method,
        path=act.path,
        waits_for=WaitsFor(act.waits_for),
        until=act.created_at + KEPT_FOR,
        settled_at=act.settled_at,
        is_done=act.is_done,
    )


def show_ledger(entries: Collection[Entry]) -> list[LedgerLineOut]:
    """Show what helpers did, with their names as they are now."""
    names = names_of({entry.helper_id for entry in entries if entry.helper_id is not None})
    return [
        LedgerLineOut(
            id=entry.pk,
            village=entry.village_id,
            created_at=entry.at,
            at=entry.at,
            kind=entry.kind,
            words=deed(entry.kind),
            number=entry.number,
            helper=entry.helper_id,
            helper_name=names.get(entry.helper_id),
            mandate=entry.mandate_id,
        )
        for entry in entries
        if entry.helper_id is not None and entry.mandate_id is not None and entry.number is not None
    ]
