"""Who lives together, as far as the way in tells: by one letter, or invited by one of them."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

from village.entrance.facts import InvitationAccepted
from village.entrance.models import Invitation, InvitationKind
from village.journal.models import Entry


@dataclass(frozen=True, slots=True)
class _Home:
    """Name a home by the letter that reached it, or else by whoever was there first."""

    letter: UUID | None = None
    first: UUID | None = None


def household_of(resident_id: UUID, village: str) -> set[UUID]:
    """
    Give those who came into a village as one household with somebody; for many that is nobody.

    The last letter that somebody has answered says where she lives. Without one she lives with the
    neighbour who invited her household. So two homes never become one by an invitation.
    """
    home = _homes([resident_id], village)[resident_id]
    there = {resident_id, *([home.first] if home.first else [])}
    if home.letter is not None:
        there |= _let_in([home.letter], village)
    invited = Invitation.objects.filter(
        village=village, kind=InvitationKind.HOUSEHOLD, made_by__in=there
    )
    there |= _let_in(list(invited.values_list("pk", flat=True)), village)
    homes = _homes(there, village)
    return {each for each in there if homes[each] == home} - {resident_id}


def _homes(people: Collection[UUID], village: str) -> dict[UUID, _Home]:
    ways = _ways_in(people, village)
    hosts = {way.made_by_id for way in ways.values() if way.kind == InvitationKind.HOUSEHOLD}
    ways_of_hosts = _ways_in([host for host in hosts if host is not None], village)
    homes: dict[UUID, _Home] = {}
    for person in people:
        way, first = ways.get(person), person
        if way is not None and way.kind == InvitationKind.HOUSEHOLD:
            # Without her host's name, who was erased, nobody is known to live with her.
            first = way.made_by_id or person
            way = ways_of_hosts.get(first)
        is_letter = way is not None and way.kind == InvitationKind.LETTER
        homes[person] = _Home(letter=way.pk) if way and is_letter else _Home(first=first)
    return homes


def _ways_in(people: Collection[UUID], village: str) -> dict[UUID, Invitation]:
    """Give by what each came in: the last letter she answered, or else the last invitation."""
    entries = Entry.objects.filter(
        principal_id__in=people, village=village, kind=InvitationAccepted.kind
    )
    accepted = [
        (person, UUID(data["invitation"]))
        for person, data in entries.order_by("pk").values_list("principal_id", "data")
    ]
    invitations = Invitation.objects.in_bulk({pk for _, pk in accepted})
    found: dict[UUID, Invitation] = {}
    for person, pk in accepted:
        if (way := invitations.get(pk)) is None:
            continue
        known = found.get(person)
        is_letter = way.kind == InvitationKind.LETTER
        if known is None or is_letter or known.kind == InvitationKind.HOUSEHOLD:
            found[person] = way
    return found


def _let_in(invitations: Collection[UUID], village: str) -> set[UUID]:
    entries = Entry.objects.filter(
        village=village,
        kind=InvitationAccepted.kind,
        data__invitation__in=[str(pk) for pk in invitations],
    )
    return set(entries.values_list("principal_id", flat=True))
