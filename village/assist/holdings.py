"""What assisted mode holds about a person; what was done in her name stays, as ids alone."""

from __future__ import annotations

from village.assist.models import (
    Accreditation,
    Assignment,
    Card,
    Consent,
    Freeze,
    Mandate,
    Pin,
    Reach,
    Voucher,
)
from village.journal.holdings import Gone, Holding, Rows


def _empty_mandates(rows: Rows, gone: Gone) -> None:
    # That there was one answers for what helpers did; its words and its proof name people.
    Consent.objects.filter(mandate__in=rows.values("pk")).update(witness="", said="")
    rows.update(scopes=[], levels={}, text="", binding_text="")


def _keep_proof(rows: Rows, gone: Gone) -> None:
    """Leave the consents of a mandate, which were emptied together with it."""


Holding(
    "assist.mandates",
    of=Mandate,
    person="person",
    shows=(
        "id",
        "village",
        "created_at",
        "centre__name",
        "scopes",
        "text",
        "starts_at",
        "ends_at",
        "revoked_at",
    ),
    kept="ten years after it ended; erasing ends it, empties it, and leaves that there was one",
    erase=_empty_mandates,
)
Holding(
    "assist.consents",
    of=Consent,
    person="mandate__person",
    shows=("id", "created_at", "mandate", "kind", "is_yes", "text_version"),
    kept="as long as its mandate; erasing empties it",
    erase=_keep_proof,
)
Holding(
    "assist.accreditations",
    of=Accreditation,
    person="volunteer",
    shows=("id", "village", "created_at", "centre__name", "valid_until"),
    kept="while she volunteers; erasing deletes it",
)
Holding(
    "assist.assignments",
    of=Assignment,
    person="volunteer",
    shows=("mandate", "at", "ended_at"),
    kept="as long as its mandate; erasing deletes it",
)
Holding(
    "assist.vouchers",
    of=Voucher,
    person="member",
    shows=("accreditation", "at"),
    kept="as long as what it vouches for; erasing deletes it",
)
Holding(
    "assist.reach",
    of=Reach,
    person="resident",
    shows=("ways", "languages", "door", "lat", "lng"),
    kept="while she is here; erasing deletes it",
)
Holding(
    "assist.freezes",
    of=Freeze,
    person="resident",
    shows=("at", "until"),
    kept="until she takes it back; erasing deletes it",
)
Holding(
    "assist.cards",
    of=Card,
    person="person",
    shows=("id", "village", "created_at", "expires_at", "ended_at"),
    kept="while she is here; erasing deletes them with their codes",
)
Holding(
    "assist.pins",
    of=Pin,
    person="person",
    shows=("set_at",),
    kept="until she takes it back; erasing deletes it",
)
