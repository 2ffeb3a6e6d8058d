"""What assisted mode holds about a person; what was done in her name stays, as ids alone."""

from __future__ import annotations

from village.assist.models import Accreditation, Consent, Mandate
from village.journal.holdings import Gone, Holding, Rows


def _empty_mandates(rows: Rows, gone: Gone) -> None:
    # That there was one answers for what helpers did; its words and its proof name people.
    Consent.objects.filter(mandate__in=rows).update(witness="", said="")
    rows.update(scopes=[], levels={}, text="", binding_text="")


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
        "starts_at",
        "ends_at",
        "revoked_at",
    ),
    kept="ten years after it ended; erasing ends it, and leaves that there was one",
    erase=_empty_mandates,
)
Holding(
    "assist.accreditations",
    of=Accreditation,
    person="volunteer",
    shows=("id", "village", "created_at", "centre__name", "valid_until"),
    kept="while she volunteers; erasing deletes it",
)
