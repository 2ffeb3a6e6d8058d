"""What happens to who lives in a village."""

from __future__ import annotations

from uuid import UUID

from village.journal.facts import Fact


class ResidentJoined(Fact, kind="residents.resident_joined"):
    """Somebody became a member of the village."""

    resident_id: UUID
    membership_id: UUID


class ResidentLeft(Fact, kind="residents.resident_left"):
    """Somebody's membership of the village ended."""

    resident_id: UUID
    membership_id: UUID


class RoleProposed(Fact, kind="residents.role_proposed"):
    """A steward proposed to give a member a role that needs two of them."""

    grant_id: UUID
    resident_id: UUID
    role: str
    of: UUID | None = None


class RoleProposalDropped(Fact, kind="residents.role_proposal_dropped"):
    """A proposed role is not going to be given."""

    grant_id: UUID
    resident_id: UUID
    role: str
    of: UUID | None = None


class RoleGranted(Fact, kind="residents.role_granted"):
    """A member was given a role."""

    resident_id: UUID
    role: str
    of: UUID | None = None


class RoleWithdrawn(Fact, kind="residents.role_withdrawn"):
    """A member lost a role."""

    resident_id: UUID
    role: str
    of: UUID | None = None


class ResidentBlocked(Fact, kind="residents.resident_blocked"):
    """Somebody wants to meet somebody else no more; nobody is shown that."""

    blocker_id: UUID
    blocked_id: UUID


class ResidentUnblocked(Fact, kind="residents.resident_unblocked"):
    """Somebody took a block back."""

    blocker_id: UUID
    blocked_id: UUID


class ResidentErased(Fact, kind="residents.resident_erased"):
    """Somebody is erased: nothing of her is shown from here on, and what was kept goes next."""

    resident_id: UUID


class BoardNameChosen(Fact, kind="residents.board_name_chosen"):
    """Somebody chose by how much of her name her neighbours see her."""

    resident_id: UUID
    is_full: bool


class LanguageChosen(Fact, kind="residents.language_chosen"):
    """Somebody chose in which language the village speaks with her."""

    resident_id: UUID
    language: str


class ErasureDone(Fact, kind="residents.erasure_done"):
    """Nothing that somebody who was erased had left is here any more."""

    resident_id: UUID


class ExportReady(Fact, kind="residents.export_ready"):
    """Somebody's file with all that is kept of her is written."""

    resident_id: UUID
    export_id: UUID


class ConsentGiven(Fact, kind="residents.consent_given"):
    """Somebody agreed to something, in its words of that version."""

    resident_id: UUID
    subject: str
    version: int


class ConsentWithdrawn(Fact, kind="residents.consent_withdrawn"):
    """Somebody no longer agrees."""

    resident_id: UUID
    subject: str


class ContactChanged(Fact, kind="residents.contact_changed"):
    """Somebody's address or number at the town hall has changed."""

    resident_id: UUID
