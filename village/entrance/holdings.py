"""What the entrance holds about a person; of every secret a digest, which is shown to nobody."""

from __future__ import annotations

from village.entrance.models import (
    AskedLetter,
    Card,
    Introduction,
    Invitation,
    Recovery,
    RecoveryVouch,
    Vouch,
)
from village.journal.holdings import Gone, Holding, Retention, Rows, declare_retention


def _name_nobody(rows: Rows, gone: Gone) -> None:
    # That somebody was let in by a letter answers for more people than whoever printed it.
    rows.update(made_by=None)


def _forget_asked(before: object) -> int:
    return AskedLetter.objects.filter(created_at__lt=before).delete()[0]


Holding(
    "entrance.letters_asked",
    of=AskedLetter,
    person="resident",
    shows=("id", "village", "created_at", "address", "people"),
    kept="until the letter is printed, at most ninety days; erasing deletes it",
)
Holding(
    "entrance.cards",
    of=Card,
    person="resident",
    shows=("id", "village", "created_at", "last_used_at", "revoked_at"),
    kept="while she is here; erasing deletes them",
)
Holding(
    "entrance.introductions",
    of=Introduction,
    person="resident",
    shows=("id", "village", "created_at", "expires_at"),
    kept="half an hour; erasing deletes it",
)
Holding(
    "entrance.vouched_for",
    of=Vouch,
    person="resident",
    shows=("id", "village", "created_at"),
    kept="while she lives there; erasing deletes it",
)
Holding(
    "entrance.vouches",
    of=Vouch,
    person="by",
    shows=("id", "village", "created_at"),
    kept="while whom she vouched for lives there; erasing deletes it",
)
Holding(
    "entrance.invitations",
    of=Invitation,
    person="made_by",
    shows=("id", "village", "created_at", "kind", "people", "used", "expires_at", "withdrawn_at"),
    kept="three years after it ended; erasing leaves it without her name",
    erase=_name_nobody,
)
Holding(
    "entrance.recoveries",
    of=Recovery,
    person="resident",
    shows=("id", "created_at", "opens_at", "expires_at", "ended_at"),
    kept="until nobody can come back by it, at most ten days; erasing deletes it",
)
Holding(
    "entrance.recovery_vouches",
    of=RecoveryVouch,
    person="by",
    shows=("created_at",),
    kept="as long as the recovery, at most ten days; erasing deletes it",
)
declare_retention(
    Retention(
        "entrance.letters_asked",
        90,
        _forget_asked,
        "whoever still wants a letter asks again; an address is kept for nothing else",
    )
)
