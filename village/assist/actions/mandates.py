"""The verbs of mandates: the only code that gives one or ends it."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import asdict
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from village.assist import facts, policies, queries
from village.assist.models import Consent, Mandate, MandateStatus, Term
from village.core.actor import Actor, Scope
from village.core.errors import Invalid, NotFound
from village.journal.actions import record
from village.residents.queries import members


@transaction.atomic
def grant_mandate(
    *,
    by: Actor,
    centre_id: UUID,
    person_id: UUID,
    scopes: Collection[Scope],
    term: Term,
    consent: Consent,
    at: datetime,
) -> Mandate:
    """
    Register that a person of the village lets a centre act for her, from now on.

    :raises NotFound: if the actor does not work at such a centre, or nobody here has this id
    :raises Forbidden: if the actor is no coordinator of it, or the person is herself
    :raises Invalid: without any scope
    """
    centre = queries.desk_or_404(by, centre_id, at=at)
    policies.may_grant(by, centre, person_id).enforce()
    if not scopes:
        raise Invalid(_("A mandate covers at least one thing."), field="scopes")
    if not members(centre.village_id).filter(pk=person_id).exists():
        raise NotFound
    mandate = Mandate.objects.create(
        village_id=centre.village_id,
        centre=centre,
        person_id=person_id,
        scopes=sorted(set(scopes)),
        starts_at=at,
        ends_at=at + timedelta(days=term),
        granted_by_id=by.principal_id,
        consent=asdict(consent),
        created_at=at,
    )
    record(
        facts.MandateGranted(
            village=centre.village_id, mandate=mandate.pk, centre=centre.pk, person=person_id
        ),
        by=by,
        at=at,
    )
    return mandate


@transaction.atomic
def revoke_mandate(*, by: Actor, mandate_id: UUID, at: datetime) -> Mandate:
    """
    End a mandate at once; one that has ended already stays as it is.

    :raises NotFound: if the actor may not see such a mandate
    :raises Forbidden: if the actor is a volunteer who only acts under it
    """
    # The row every assisted act holds: acts in flight finish first, later ones find it ended.
    mandate = (
        queries.mandates()
        .select_for_update(of=("self",), no_key=True)
        .filter(pk=mandate_id)
        .first()
    )
    if mandate is None:
        raise NotFound
    policies.may_revoke(by, mandate, at=at).enforce()
    if mandate.status(at) is not MandateStatus.ACTIVE:
        return mandate
    mandate.revoked_at = at
    mandate.save(update_fields=["revoked_at"])
    record(
        facts.MandateRevoked(
            village=mandate.village_id,
            mandate=mandate.pk,
            centre=mandate.centre_id,
            person=mandate.person_id,
        ),
        by=by,
        at=at,
    )
    return mandate
