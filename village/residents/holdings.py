"""What the ground holds about a person: who she is, how she signs in, and kept copies."""

from __future__ import annotations

from datetime import datetime

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.contrib.admin.models import LogEntry
from django.db.models import Exists, OuterRef, Q

from village.core.idempotency import erase_answer
from village.core.models import KeptAnswer
from village.journal.holdings import (
    Gone,
    Holding,
    Retention,
    Rows,
    Trace,
    declare_retention,
    declare_trace,
    names_any,
)
from village.journal.models import Reading
from village.realtime.models import Ticket
from village.residents import exporting
from village.residents.models import (
    Block,
    Consent,
    ContactDetails,
    Erasure,
    Export,
    Membership,
    Resident,
)

_BATCH = 200


def _keep_emptied(rows: Rows, gone: Gone) -> None:
    """Leave the row, which was emptied when the erasure was asked for."""


def _forget_answers(gone: Gone) -> None:
    """Take the content out of kept answers: hers, and those that show something of hers."""
    KeptAnswer.objects.filter(principal__startswith=f"{gone.resident_id}/").delete()
    for kept in KeptAnswer.objects.only("pk", "body", "headers").iterator(chunk_size=_BATCH):
        shown = bytes(kept.body).decode(errors="replace") + str(kept.headers)
        if names_any(shown, gone.ids):
            erase_answer(kept)


def _forget_remarks(gone: Gone) -> None:
    """Forget what operators and errors have said of her things."""
    LogEntry.objects.filter(object_id__in=gone.ids).delete()
    Reading.objects.exclude(last_error="").update(last_error="")
    Ticket.objects.filter(Q(principal_id=gone.resident_id) | Q(helper_id=gone.resident_id)).delete()


def _forget_consents(before: datetime) -> int:
    return Consent.objects.filter(withdrawn_at__lt=before).delete()[0]


def _forget_erasures(before: datetime) -> int:
    return Erasure.objects.filter(wiped_at__lt=before).delete()[0]


def _forget_who_never_came(before: datetime) -> int:
    never = Resident.objects.filter(
        created_at__lt=before, last_login=None, phone=None, erased_at=None, is_staff=False
    ).exclude(Exists(Membership.objects.filter(resident=OuterRef("pk"))))
    return never.exclude(
        Exists(EmailAddress.objects.filter(user=OuterRef("pk"), verified=True))
    ).delete()[0]


def _forget_memberships(before: datetime) -> int:
    return Membership.objects.filter(ended_at__lt=before).delete()[0]


Holding(
    "residents.person",
    of=Resident,
    person="pk",
    shows=("id", "created_at", "display_name", "email", "phone", "born_on", "language"),
    kept="while she is here; erasing empties it and leaves its id",
    erase=_keep_emptied,
)
Holding(
    "residents.contact_details",
    of=ContactDetails,
    person="resident",
    shows=("address", "phone", "via_helper", "changed_at"),
    kept="while she is here, for the town hall; erasing deletes it",
)
Holding(
    "residents.memberships",
    of=Membership,
    person="resident",
    shows=("id", "village", "created_at", "ended_at", "residency"),
    kept="while she lives there and three years after; erasing deletes them with their roles",
)
Holding(
    "residents.blocks",
    of=Block,
    person="blocker",
    shows=("id", "village", "created_at"),
    kept="until she takes it back; erasing deletes it",
)
Holding(
    "residents.blocked",
    of=Block,
    person="blocked",
    shows=(),
    kept="until it is taken back; never shown to her; erasing deletes it",
)
Holding(
    "sign_in.addresses",
    of=EmailAddress,
    person="user",
    shows=("email", "verified", "primary"),
    kept="while she is here; erasing deletes them at once",
)
Holding(
    "sign_in.keys",
    of=Authenticator,
    person="user",
    shows=("type", "created_at", "last_used_at"),
    kept="while she is here; erasing deletes them at once",
)
Holding(
    "sign_in.sessions",
    of=UserSession,
    person="user",
    shows=("created_at", "last_seen_at", "ip", "user_agent"),
    kept="until the session ends; erasing deletes them at once",
)
Holding(
    "operators.log",
    of=LogEntry,
    person="user",
    shows=("action_time", "object_repr"),
    kept="while she is here; erasing deletes it",
)
Holding(
    "residents.consents",
    of=Consent,
    person="resident",
    shows=("subject", "version", "language", "text", "given_at", "withdrawn_at"),
    kept="while she is here, withdrawn ones three years; erasing deletes them",
)
Holding(
    "residents.exports",
    of=Export,
    person="resident",
    shows=("id", "created_at", "expires_at", "status", "size"),
    kept="seven days; erasing deletes them with their file",
    files=lambda export: filter(None, [export.file]),
)
declare_trace(
    Trace(
        "core.kept_answers",
        _forget_answers,
        "the kept answer to a repeated request keeps its key, without content",
    )
)
declare_trace(Trace("core.remarks", _forget_remarks, "what operators and errors said is deleted"))
declare_retention(
    Retention(
        "residents.erasures",
        365,
        _forget_erasures,
        "no backup is older than that when it is restored; only the id and the day",
    )
)
declare_retention(
    Retention(
        "residents.never_came",
        1,
        _forget_who_never_came,
        "who asked for a first code and never said it",
    )
)
declare_retention(
    Retention(
        "residents.memberships",
        3 * 365,
        _forget_memberships,
        "somebody who moves back finds her village again",
    )
)
declare_retention(
    Retention(
        "residents.consents",
        3 * 365,
        _forget_consents,
        "withdrawn ones: as long as somebody may ask whether she had agreed",
    )
)
declare_retention(
    Retention(
        "residents.exports", 0, exporting.remove_expired, "seven days after they were asked for"
    )
)
