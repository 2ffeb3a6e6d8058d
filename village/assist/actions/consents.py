"""How a person answers: the only code that lets a mandate begin."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from village.assist import facts, policies, queries
from village.assist.actions.cards import spend_code
from village.assist.actions.locking import lock_mandates, lock_person
from village.assist.models import (
    Consent,
    ConsentKind,
    EndedBy,
    Mandate,
    MandateStatus,
    Term,
)
from village.assist.wording import is_yes
from village.core.actor import Actor
from village.core.errors import DomainError, Invalid, NotFound
from village.journal.actions import record_all
from village.journal.facts import Fact
from village.residents.queries import members

# A year is agreed to twice, with a night in between.
SECOND_CONSENT_AFTER = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class Proof:
    """
    Hold how a person answered; each kind needs fields of its own.

    ``paper``: ``witness``, who saw her sign. ``spoken``: ``said`` and two members who heard it.
    ``call_back``: ``said``, the ``number`` that was called and a ``code`` of her card.
    ``own_device``: ``said`` and the ``text_hash`` of what her device showed.
    """

    kind: ConsentKind
    witness: str = ""
    said: str = ""
    first_witness: UUID | None = None
    second_witness: UUID | None = None
    number: str = ""
    code: str = ""
    text_hash: str = ""


class NotPending(DomainError):
    """There is nothing to answer: not yet put forward, already answered, or lapsed."""

    code = "assist.not_pending"


class TextChanged(DomainError):
    """What the device showed is not what the mandate says."""

    code = "assist.text_changed"


class TooSoon(DomainError):
    """A year needs a second yes on another day."""

    code = "assist.too_soon"


class BadProof(DomainError):
    """The proof lacks what its kind needs."""

    code = "assist.bad_proof"
    status = 422


@transaction.atomic
def give_consent(*, by: Actor, mandate_id: UUID, proof: Proof, at: datetime) -> Mandate:
    """
    Register a person's answer; with a clear yes the mandate begins, and otherwise never does.

    On her own device she answers herself. Every other way is registered by a coordinator who
    does not carry the mandate out. A newer mandate of the same centre ends the older one.

    :raises NotFound: if the actor may not see such a mandate
    :raises Forbidden: if the actor may not register the answer
    :raises NotPending: if there is nothing to answer, or fourteen days have passed
    :raises BadProof: if the proof lacks something
    :raises TextChanged: if another text was shown than the one that was put forward
    :raises CardExpired: if she was called and has no card in force
    :raises CodeRefused: if the code of her card is wrong or has been used
    :raises TooSoon: if the second yes to a year comes on the same day
    """
    found = queries.visible_mandate(by, mandate_id, at=at)
    lock_person(found.person_id)
    return accept(found, proof, by=by, at=at)


def accept(found: Mandate, proof: Proof, *, by: Actor, at: datetime) -> Mandate:
    """Take an answer in a transaction that has locked the person."""
    siblings = Mandate.objects.open(at).filter(person=found.person_id, centre=found.centre_id)
    locked = {
        each.pk: each for each in lock_mandates([found.pk, *siblings.values_list("pk", flat=True)])
    }
    mandate = locked[found.pk]
    if queries.home_served_by(mandate.centre, mandate.person_id) != mandate.village_id:
        raise NotFound
    if proof.kind is ConsentKind.OWN_DEVICE:
        policies.may_answer(by, mandate).enforce()
    else:
        policies.may_register(by, mandate).enforce()
    if mandate.status(at) is not MandateStatus.PENDING or mandate.centre.closed_at:
        raise NotPending(_("There is nothing to answer here any more."))
    _check(mandate, proof, at)
    said_yes = proof.kind is ConsentKind.PAPER or is_yes(
        proof.said, languages=(mandate.language, mandate.binding_language)
    )
    earlier = mandate.consents.filter(is_yes=True).order_by("created_at").first()
    if said_yes and earlier is not None and at < earlier.created_at + SECOND_CONSENT_AFTER:
        raise TooSoon(_("A year needs a second yes, on another day."))
    _keep(mandate, proof, said_yes, by, at)
    if not said_yes:
        mandate.declined_at = at
        mandate.save(update_fields=["declined_at"])
        happened: list[Fact] = [facts.MandateDeclined(**mandate.ids)]
    elif mandate.days == Term.YEAR and earlier is None:
        happened = [facts.ConsentRecorded(**mandate.ids)]
    else:
        older = [each for each in locked.values() if each.pk != mandate.pk]
        happened = [*_supersede(older, at), _begin(mandate, at)]
    record_all(happened, by=by, at=at)
    return queries.mandates().get(pk=mandate.pk)


def _begin(mandate: Mandate, at: datetime) -> Fact:
    mandate.starts_at, mandate.ends_at = at, at + timedelta(days=mandate.days)
    mandate.save(update_fields=["starts_at", "ends_at"])
    return facts.MandateGranted(**mandate.ids)


def _supersede(older: list[Mandate], at: datetime) -> list[Fact]:
    running = [each for each in older if each.starts_at is not None]
    Mandate.objects.filter(pk__in=[each.pk for each in running]).update(
        revoked_at=at, ended_why=EndedBy.SUPERSEDED
    )
    return [facts.MandateRevoked(**each.ids, why=EndedBy.SUPERSEDED.value) for each in running]


def _keep(mandate: Mandate, proof: Proof, said_yes: bool, by: Actor, at: datetime) -> None:
    Consent.objects.create(
        village_id=mandate.village_id,
        mandate=mandate,
        kind=proof.kind,
        is_yes=said_yes,
        text_hash=mandate.text_hash,
        text_version=mandate.text_version,
        witness=proof.witness,
        said=proof.said,
        first_witness_id=proof.first_witness,
        second_witness_id=proof.second_witness,
        registered_by_id=by.principal_id,
        created_at=at,
    )


def _check(mandate: Mandate, proof: Proof, at: datetime) -> None:
    match proof.kind:
        case ConsentKind.PAPER:
            if not proof.witness:
                raise BadProof(_("Please say who saw the person sign."), field="witness")
        case ConsentKind.SPOKEN:
            _check_witnesses(mandate, proof)
        case ConsentKind.CALL_BACK:
            if not mandate.person.phone or proof.number != mandate.person.phone:
                raise BadProof(
                    _("Please call the person at the number that is registered."), field="number"
                )
            spend_code(person_id=mandate.person_id, code=proof.code, at=at)
        case ConsentKind.OWN_DEVICE:
            if proof.text_hash != mandate.text_hash:
                raise TextChanged(_("Please read the mandate again before you answer."))


def _check_witnesses(mandate: Mandate, proof: Proof) -> None:
    witnesses = {proof.first_witness, proof.second_witness} - {None}
    if len(witnesses) < 2:
        raise BadProof(_("Two different people must have heard it."), field="second_witness")
    carriers = queries.assigned_to(mandate)
    if witnesses & (carriers | {mandate.person_id}):
        raise BadProof(
            _("Whoever carries the mandate out cannot witness it."), field="first_witness"
        )
    if members(mandate.centre.village_id).filter(pk__in=witnesses).count() < 2:
        raise Invalid(_("Both witnesses live in the village."), field="first_witness")
