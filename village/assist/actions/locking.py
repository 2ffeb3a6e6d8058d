"""
In which order rows are locked, so that no two verbs ever wait for each other.

First the person, then her mandates by id. An act under a mandate locks that one row alone.
"""

from __future__ import annotations

from uuid import UUID

from village.assist import queries
from village.assist.models import Mandate
from village.core.errors import NotFound
from village.residents.models import Resident


def lock_person(person_id: UUID) -> Resident:
    """
    Let one verb at a time decide about a person.

    :raises NotFound: if there is nobody of this id, or she is no longer active
    """
    found = (
        Resident.objects.select_for_update(no_key=True).filter(pk=person_id, is_active=True).first()
    )
    if found is None:
        raise NotFound
    return found


def lock_mandate(mandate_id: UUID) -> Mandate:
    """
    Lock the row that every act under a mandate holds: those in flight finish first.

    :raises NotFound: if there is none of this id
    """
    locked = lock_mandates([mandate_id])
    if not locked:
        raise NotFound
    return locked[0]


def lock_mandates(ids: list[UUID]) -> list[Mandate]:
    """Lock mandates in the order of their ids, and read them as they then are."""
    rows = queries.mandates().filter(pk__in=ids).order_by("pk")
    return list(rows.select_for_update(of=("self",), no_key=True))
