"""Who may read what of which village: the one answer that lists, details and doors go by."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from django.db.models import Q, QuerySet

from village.core.actor import Actor
from village.core.errors import NotFound
from village.federation.models import Agreement, AgreementQuerySet, Shared
from village.residents.models import Membership, Village
from village.residents.queries import members_among, villages_of


def sources_for(by: Actor, what: Shared) -> QuerySet[Village]:
    """Give the villages of which the actor's own villages show this."""
    standing = Agreement.objects.standing().filter(what=what, reader__in=villages_of(by))
    return Village.objects.filter(pk__in=standing.values("source"))


def reads(by: Actor, village: str, what: Shared) -> bool:
    """Tell whether the actor may read this of a village: she lives there, or is shown it."""
    return (
        villages_of(by).filter(pk=village).exists()
        or sources_for(by, what).filter(pk=village).exists()
    )


def read_or_404(by: Actor, village: str, what: Shared) -> Village:
    """
    Find a village of which the actor may read this.

    :raises NotFound: if there is none, or neither does she live there nor is she shown it
    """
    found = villages_of(by).filter(pk=village).first()
    found = found or sources_for(by, what).filter(pk=village).first()
    if found is None:
        raise NotFound
    return found


def readers_among(actors: Collection[Actor], village: str, what: Shared) -> set[Actor]:
    """Give those of the actors who may read this of a village, in one query or two."""
    found = members_among(actors, village)
    others = set(actors) - found
    if not others:
        return found
    standing = Agreement.objects.standing().filter(what=what, source=village)
    shown = set(
        Membership.objects.current()
        .filter(
            village__in=standing.values("reader"),
            resident__id__among={by.principal_id for by in others},
            resident__is_active=True,
        )
        .values_list("resident", flat=True)
    )
    return found | {by for by in others if by.principal_id in shown}


def agreements_of(village: str) -> AgreementQuerySet:
    """Give what a village shows of others and others of it, and what waits for a yes."""
    either = Q(reader=village) | Q(source=village)
    return Agreement.objects.current().filter(either).select_related("reader", "source")


def agreement_or_404(agreement_id: UUID) -> Agreement:
    """
    Find an agreement that neither side has ended.

    :raises NotFound: if there is none
    """
    found = Agreement.objects.current().filter(pk=agreement_id)
    agreement = found.select_related("reader", "source").first()
    if agreement is None:
        raise NotFound
    return agreement
