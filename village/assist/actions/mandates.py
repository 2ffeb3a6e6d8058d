"""The verbs that bring a mandate about: propose, put forward, name who carries it out."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from village.assist import facts, policies, queries
from village.assist.actions.consents import Proof, accept
from village.assist.actions.endings import NotNow
from village.assist.actions.locking import lock_mandate, lock_person
from village.assist.models import Assignment, Centre, Mandate, MandateStatus, Term
from village.assist.wording import wording
from village.core.actor import Actor, Level, Scope
from village.core.errors import DomainError, Invalid, NotFound
from village.journal.actions import record
from village.residents.models import Membership, Resident, Village


class ScopeNotAllowed(DomainError):
    """The centre is not allowed to do this for anybody."""

    code = "assist.scope_not_allowed"
    status = 422


class Frozen(DomainError):
    """The person stopped everything not long ago."""

    code = "assist.frozen"


class NotAccredited(DomainError):
    """Only a volunteer of this centre, in force, carries out its mandates."""

    code = "assist.not_accredited"
    status = 422


@transaction.atomic
def propose_mandate(
    *,
    by: Actor,
    centre_id: UUID,
    person_id: UUID,
    scopes: Collection[Scope],
    term: Term,
    levels: Mapping[Scope, Level] | None = None,
    volunteers: Collection[UUID] | None = None,
    at: datetime,
) -> Mandate:
    """
    Draft a mandate: a volunteer or coordinator writes down what a person wants.

    ``levels`` names the scopes that go less far than acting. Without ``volunteers`` everybody
    who is accredited at the centre at this moment is named. A draft lets nobody do anything.

    :raises NotFound: if the actor does not work there, or nobody it serves has this id
    :raises Forbidden: if the person is the actor herself
    :raises Invalid: without any scope, or with a level for a scope that is not in it
    :raises ScopeNotAllowed: if the centre may not do this for anybody
    :raises NotAccredited: if somebody named is no volunteer of the centre
    :raises Frozen: if the person stopped everything not long ago
    """
    mandate = _propose(by, centre_id, person_id, scopes, term, levels or {}, volunteers, at)
    record(facts.MandateProposed(**mandate.ids), by=by, at=at)
    return mandate


@transaction.atomic
def put_forward(*, by: Actor, mandate_id: UUID, at: datetime) -> Mandate:
    """
    Put a draft before the person: from now on its words stay as they are.

    :raises NotFound: if the actor may not see such a mandate
    :raises Forbidden: if she is no coordinator of its centre, or would carry it out herself
    :raises NotNow: if it is no draft
    :raises Frozen: if the person stopped everything not long ago
    """
    mandate = queries.visible_mandate(by, mandate_id, at=at)
    person = lock_person(mandate.person_id)
    mandate = lock_mandate(mandate_id)
    policies.may_register(by, mandate).enforce()
    _put_forward(mandate, person, at)
    record(facts.MandatePutForward(**mandate.ids), by=by, at=at)
    return mandate


@transaction.atomic
def grant_mandate(
    *,
    by: Actor,
    centre_id: UUID,
    person_id: UUID,
    scopes: Collection[Scope],
    term: Term,
    consent: Proof,
    levels: Mapping[Scope, Level] | None = None,
    volunteers: Collection[UUID] | None = None,
    at: datetime,
) -> Mandate:
    """
    Propose a mandate, put it forward and register the person's answer, all at the desk.

    :raises DomainError: as each of the three does alone
    """
    mandate = _propose(by, centre_id, person_id, scopes, term, levels or {}, volunteers, at)
    policies.may_register(by, mandate).enforce()
    _put_forward(mandate, lock_person(person_id), at)
    return accept(mandate, consent, by=by, at=at)


@transaction.atomic
def assign_volunteer(
    *, by: Actor, mandate_id: UUID, volunteer_id: UUID, at: datetime
) -> Assignment:
    """
    Name one more volunteer to carry out a mandate; a second call changes nothing.

    :raises NotFound: if the actor may not see such a mandate
    :raises Forbidden: if she is no coordinator of its centre, or names herself
    :raises NotAccredited: if she names no volunteer of the centre
    """
    mandate = queries.visible_mandate(by, mandate_id, at=at)
    mandate = lock_mandate(mandate.pk)
    policies.may_assign(by, mandate, volunteer_id).enforce()
    _check_volunteers(mandate.centre, mandate.person_id, {volunteer_id}, at)
    assignment, is_new = Assignment.objects.get_or_create(
        mandate=mandate, volunteer_id=volunteer_id, ended_at=None, defaults={"at": at}
    )
    if is_new:
        fact = facts.VolunteerAssigned(**mandate.ids, volunteer=volunteer_id)
        record(fact, by=by, at=at)
    return assignment


@transaction.atomic
def release_volunteer(*, by: Actor, mandate_id: UUID, volunteer_id: UUID, at: datetime) -> None:
    """
    Take a mandate out of a volunteer's hands.

    :raises NotFound: if the actor may not see such a mandate, or the volunteer does not hold it
    :raises Forbidden: if she neither coordinates the centre nor gave the mandate
    """
    mandate = queries.visible_mandate(by, mandate_id, at=at)
    mandate = lock_mandate(mandate.pk)
    policies.may_revoke(by, mandate, at=at).enforce()
    current = Assignment.objects.filter(mandate=mandate, volunteer=volunteer_id, ended_at=None)
    if not current.update(ended_at=at):
        raise NotFound
    fact = facts.VolunteerReleased(**mandate.ids, volunteer=volunteer_id)
    record(fact, by=by, at=at)


def _propose(
    by: Actor,
    centre_id: UUID,
    person_id: UUID,
    scopes: Collection[Scope],
    term: Term,
    levels: Mapping[Scope, Level],
    volunteers: Collection[UUID] | None,
    at: datetime,
) -> Mandate:
    centre = queries.desk_or_404(by, centre_id, at=at)
    policies.may_propose(by, centre, person_id).enforce()
    if not scopes:
        raise Invalid(_("A mandate covers at least one thing."), field="scopes")
    if not set(levels) <= set(scopes):
        raise Invalid(_("A level belongs to one of the scopes."), field="levels")
    if not set(scopes) <= centre.allows:
        raise ScopeNotAllowed(_("The centre does not do this for anybody."), field="scopes")
    home = queries.home_served_by(centre, person_id)
    if home is None:
        raise NotFound
    _refuse_frozen(person_id, at)
    if volunteers is None:
        named = queries.volunteers_of(centre, at=at) - {person_id, by.principal_id}
    else:
        named = set(volunteers)
        _check_volunteers(centre, person_id, named, at)
    mandate = Mandate.objects.create(
        village_id=home,
        centre=centre,
        person=Resident.objects.get(pk=person_id),
        scopes=sorted(set(scopes)),
        levels={scope.value: level.value for scope, level in levels.items() if level != Level.ACT},
        days=int(term),
        proposed_by_id=by.principal_id,
        created_at=at,
    )
    Assignment.objects.bulk_create(
        Assignment(mandate=mandate, volunteer_id=volunteer, at=at) for volunteer in named
    )
    return mandate


def _put_forward(mandate: Mandate, person: Resident, at: datetime) -> None:
    if mandate.status(at) is not MandateStatus.DRAFT:
        raise NotNow(_("This mandate has already been put forward."))
    _refuse_frozen(mandate.person_id, at)
    words = wording(
        language=person.language,
        binding_language=Village.objects.get(pk=mandate.village_id).language,
        person=person.display_name,
        centre=mandate.centre.name,
        scopes=mandate.covers,
        levels=mandate.levels,
        days=mandate.days,
    )
    mandate.put_forward_at = at
    mandate.language, mandate.text = words.language, words.text
    mandate.binding_language, mandate.binding_text = words.binding_language, words.binding_text
    mandate.text_version, mandate.text_hash = words.version, words.hash
    mandate.save()


def _refuse_frozen(person_id: UUID, at: datetime) -> None:
    if queries.is_frozen(person_id, at=at):
        raise Frozen(_("She stopped everything not long ago. Please wait three days."))


def _check_volunteers(
    centre: Centre, person_id: UUID, volunteers: Collection[UUID], at: datetime
) -> None:
    if not set(volunteers) <= queries.volunteers_of(centre, at=at) - {person_id}:
        raise NotAccredited(
            _("Only volunteers of this centre carry out its mandates."), field="volunteers"
        )
    here = Membership.objects.current().filter(
        village=centre.village_id, resident__in=volunteers, resident__is_active=True
    )
    if here.count() < len(set(volunteers)):
        raise NotAccredited(
            _("Only volunteers of this centre carry out its mandates."), field="volunteers"
        )
