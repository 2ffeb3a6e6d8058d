"""Who lives where, and as what."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from functools import lru_cache
from uuid import UUID

from allauth.mfa.models import Authenticator
from django.db.models import Exists, OuterRef, Prefetch, Q, QuerySet

from village.core import strength
from village.core.actor import Actor
from village.core.errors import NotFound
from village.residents.models import (
    Block,
    Consent,
    Grant,
    Membership,
    Residency,
    Resident,
    Role,
    Village,
)

# Held under one's name, for the village: whoever holds one can be found.
OFFICES = (Role.EDITOR, Role.CLERK, Role.COORDINATOR, Role.MODERATOR, Role.STEWARD)

# The roles whose powers reach other people: they need a second factor.
STAFF = frozenset({Role.CLERK, Role.COORDINATOR, Role.EDITOR, Role.STEWARD})
SECOND_FACTORS = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)


def village_or_404(slug: str) -> Village:
    """
    Find a village.

    :raises NotFound: if there is none of this name
    """
    try:
        return Village.objects.get(pk=slug)
    except (Village.DoesNotExist, ValueError):
        raise NotFound from None


@lru_cache(maxsize=1000)
def grid_key(village: str) -> bytes:
    """
    Give the key of a village's grid, which each process asks for once: it never changes.

    :raises NotFound: if there is none of this name
    """
    return bytes.fromhex(village_or_404(village).grid_key)


def resident_or_404(resident_id: UUID) -> Resident:
    """
    Find a resident.

    :raises NotFound: if there is none of this id, or she is no longer active
    """
    found = Resident.objects.filter(pk=resident_id, is_active=True).first()
    if found is None:
        raise NotFound
    return found


def all_villages() -> QuerySet[Village]:
    """Give every village of the deployment."""
    return Village.objects.all()


def roles_by_village(resident_id: UUID) -> dict[str, list[str]]:
    """Give a resident's villages with her roles there; living there is a role as well."""
    memberships = Membership.objects.current().filter(resident=resident_id).order_by("village")
    villages = memberships.values_list("village", flat=True)
    roles = {village: [Role.RESIDENT.value] for village in villages}
    grants = Grant.objects.standing().filter(membership__in=memberships.order_by())
    held = grants.values_list("membership__village", "role").order_by("role").distinct()
    for village, role in held:
        roles[village].append(role)
    return roles


def residency_by_village(resident_id: UUID) -> dict[str, Residency]:
    """Give a resident's villages with how sure each is that she lives there."""
    memberships = Membership.objects.current().filter(resident=resident_id)
    return {
        village: Residency(level)
        for village, level in memberships.values_list("village", "residency")
    }


def members_among(actors: Collection[Actor], village: str) -> set[Actor]:
    """Give those of the actors whose principals belong to a village, in one query."""
    members = set(
        Membership.objects.current()
        .filter(
            village=village,
            resident__in={by.principal_id for by in actors},
            resident__is_active=True,
        )
        .values_list("resident", flat=True)
    )
    return {by for by in actors if by.principal_id in members}


def villages_of(by: Actor) -> QuerySet[Village]:
    """Give the villages to which the actor's principal belongs."""
    return Village.objects.filter(pk__in=_memberships(by).values("village"))


def verified_among(residents: Collection[UUID], village: str) -> set[UUID]:
    """Give those of some residents who have shown that they live in a village."""
    found = Membership.objects.current().filter(village=village, resident__id__among=residents)
    return set(found.filter(residency__gt=Residency.DECLARED).values_list("resident", flat=True))


def is_member(by: Actor, village: str) -> bool:
    """Tell whether the actor's principal belongs to a village."""
    return _memberships(by).filter(village=village).exists()


def member_of(by: Actor, village: str) -> Village:
    """
    Find a village to which the principal belongs; to all others its inside looks absent.

    :raises NotFound: if there is none of this name, or the principal does not belong to it
    """
    found = villages_of(by).filter(pk=village).first()
    if found is None:
        raise NotFound
    return found


def holds(by: Actor, village: str, *roles: Role, of: UUID | None = None) -> bool:
    """
    Tell whether the actor holds one of these roles in a village.

    ``of`` narrows to one outlet, department or centre. A helper never exercises a role of
    her principal, and nobody a staff role without a second factor.
    """
    if by.is_assisted:
        return False
    grants = Grant.objects.standing().filter(
        membership__in=_memberships(by).filter(village=village), role__in=roles
    )
    if of is not None:
        grants = grants.filter(of=of)
    return _secured(by, grants).exists()


def places_held(by: Actor, village: str, role: Role) -> set[UUID]:
    """Give what the actor's roles of one kind are of in a village: which departments, say."""
    if by.is_assisted:
        return set()
    grants = Grant.objects.standing().filter(
        membership__in=_memberships(by).filter(village=village), role=role, of__isnull=False
    )
    return {of for of in _secured(by, grants).values_list("of", flat=True) if of is not None}


def holds_anywhere(by: Actor, role: Role) -> bool:
    """Tell whether the actor holds a role in any village: whether its door is worth showing."""
    if by.is_assisted:
        return False
    grants = Grant.objects.standing().filter(membership__in=_memberships(by), role=role)
    return _secured(by, grants).exists()


def held(by: Actor, role: Role, *, of: str, village: str = "village") -> Exists:
    """
    Select rows for whose outlet, department or centre the actor holds a role.

    ``of`` and ``village`` name the fields of the row. A role of Bergheim counts in Bergheim
    alone, whatever it is said to be of.
    """
    grants = Grant.objects.none() if by.is_assisted else Grant.objects.standing()
    return Exists(
        _secured(by, grants).filter(
            membership__in=_memberships(by),
            membership__village=OuterRef(village),
            role=role,
            of=OuterRef(of),
        )
    )


def needs_second_factor(resident_id: UUID) -> bool:
    """Tell whether somebody holds a role that needs a second factor."""
    memberships = Membership.objects.current().filter(resident=resident_id)
    standing = Grant.objects.standing().filter(membership__in=memberships, role__in=STAFF)
    return standing.exists()


def has_second_factor(resident_id: UUID) -> bool:
    """Tell whether somebody has set up a second factor: an app for codes, or a passkey."""
    return Authenticator.objects.filter(user=resident_id, type__in=SECOND_FACTORS).exists()


def lacks_second_factor(resident_id: UUID) -> bool:
    """Tell whether somebody has no powers from a role only because she set up no second factor."""
    return needs_second_factor(resident_id) and not has_second_factor(resident_id)


def members(village: str) -> QuerySet[Resident]:
    """Give the residents of a village."""
    here = Membership.objects.current().filter(village=village, resident=OuterRef("pk"))
    return Resident.objects.filter(Exists(here), is_active=True)


def holders(village: str, role: Role, *, of: UUID | None = None) -> QuerySet[Resident]:
    """Give the residents who hold a role in a village."""
    grants = Grant.objects.standing().filter(
        membership__in=Membership.objects.current().filter(village=village), role=role
    )
    if of is not None:
        grants = grants.filter(of=of)
    return Resident.objects.filter(is_active=True, pk__in=grants.values("membership__resident"))


def names_of(residents: Iterable[UUID]) -> dict[UUID, str]:
    """Give the display names of residents, in one query."""
    rows = Resident.objects.filter(pk__in=set(residents))
    return dict(rows.values_list("pk", "display_name"))


def blocks_of(by: Actor) -> QuerySet[Block]:
    """Give the blocks that the actor asked for; no mandate covers seeing them."""
    if by.is_assisted:
        return Block.objects.none()
    return Block.objects.filter(blocker=by.principal_id).select_related("blocked")


def blocked_with(resident_id: UUID) -> set[UUID]:
    """
    Give those whom a block keeps apart from a resident, whichever of the two asked for it.

    Neither sees the other wherever neighbours meet. What somebody says for an office (an
    article, an answer of the town hall) is not hers, and stays.
    """
    return {UUID(person) for person in hidden_from({resident_id}).get(resident_id, ())}


def hidden_from(residents: Collection[UUID]) -> dict[UUID, frozenset[str]]:
    """Give the ids of those whom a block keeps apart from each resident, in one query."""
    pairs = Block.objects.filter(Q(blocker__id__among=residents) | Q(blocked__id__among=residents))
    found: dict[UUID, set[str]] = {}
    for blocker, blocked in pairs.values_list("blocker", "blocked"):
        found.setdefault(blocker, set()).add(str(blocked))
        found.setdefault(blocked, set()).add(str(blocker))
    return {person: frozenset(others) for person, others in found.items()}


def people_to_be_found(by: Actor, village: str) -> QuerySet[Membership]:
    """
    Give those of a village whose names everybody who lives there may learn.

    They have agreed to it, or hold an office, which they do under their name. A block hides
    whoever is here by her consent alone.
    """
    agreed = Consent.objects.filter(
        resident=OuterRef("resident"), subject="directory", withdrawn_at=None
    )
    holds_office = Grant.objects.filter(membership=OuterRef("pk"), role__in=OFFICES)
    offices = Grant.objects.filter(role__in=OFFICES)
    found = Membership.objects.current().filter(village=village, resident__is_active=True)
    neighbours = Q(Exists(agreed)) & ~Q(resident__in=blocked_with(by.principal_id))
    return (
        found.filter(neighbours | Q(Exists(holds_office)))
        .select_related("resident")
        .prefetch_related(Prefetch("grants", queryset=offices))
    )


def shared_village(by: Actor, other: UUID) -> str | None:
    """Give a village to which both the actor's principal and somebody else belong."""
    theirs = Membership.objects.current().filter(resident=other, resident__is_active=True)
    both = _memberships(by).filter(village__in=theirs.values("village"))
    return both.order_by("village").values_list("village", flat=True).first()


def _memberships(by: Actor) -> QuerySet[Membership]:
    return Membership.objects.current().filter(resident=by.principal_id, resident__is_active=True)


def _secured(by: Actor, grants: QuerySet[Grant]) -> QuerySet[Grant]:
    """Keep the grants that do not lack the second factor they need; a machine has its key."""
    if by.key is not None:
        return grants
    strength.ask(by.principal_id)
    factors = Authenticator.objects.filter(
        user=OuterRef("membership__resident"), type__in=SECOND_FACTORS
    )
    return grants.filter(~Q(role__in=STAFF) | Exists(factors))
