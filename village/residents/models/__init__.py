"""Villages and their residents."""

from __future__ import annotations

from village.residents.models.contacts import ContactDetails
from village.residents.models.keeping import Consent, Erasure, Export, ExportStatus
from village.residents.models.people import (
    Block,
    Grant,
    Language,
    Membership,
    Neighbourhood,
    Residency,
    Resident,
    Role,
    Village,
)

__all__ = [
    "Block",
    "Consent",
    "ContactDetails",
    "Erasure",
    "Export",
    "ExportStatus",
    "Grant",
    "Language",
    "Membership",
    "Neighbourhood",
    "Residency",
    "Resident",
    "Role",
    "Village",
]
