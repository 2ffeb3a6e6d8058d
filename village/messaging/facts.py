"""What happens between residents and their town hall."""

from __future__ import annotations

from uuid import UUID

from village.journal.facts import Fact


class CaseOpened(Fact, kind="messaging.case_opened"):
    """A resident brought a matter to a department."""

    case: UUID
    department: UUID
    author: UUID
    message: UUID


class MessageWritten(Fact, kind="messaging.message_written"):
    """Somebody wrote in a case: its author, or for the department a clerk."""

    case: UUID
    department: UUID
    author: UUID
    message: UUID
    writer: UUID


class CaseAcknowledged(Fact, kind="messaging.case_acknowledged"):
    """The department said that it has read a case."""

    case: UUID
    department: UUID
    author: UUID


class CaseResolved(Fact, kind="messaging.case_resolved"):
    """The department said that a case is done."""

    case: UUID
    department: UUID
    author: UUID


class CaseReferred(Fact, kind="messaging.case_referred"):
    """The department said that a case is for somebody else to see to; a message says for whom."""

    case: UUID
    department: UUID
    author: UUID


class DefectReported(Fact, kind="messaging.defect_reported"):
    """A resident reported something broken: a case with a place, opened together."""

    case: UUID
    department: UUID
    author: UUID
    message: UUID


class DefectPictured(Fact, kind="messaging.defect_pictured"):
    """Whoever reported a defect showed a photo of it."""

    case: UUID
    department: UUID
    author: UUID


class DefectsNamed(Fact, kind="messaging.defects_named"):
    """The village said what residents report to a department as broken."""

    department: UUID


class DepartmentOpened(Fact, kind="messaging.department_opened"):
    """The town hall has a new department."""

    department: UUID
