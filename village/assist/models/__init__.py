"""Centres, the volunteers who act under them, the people they act for, and the mandates."""

from __future__ import annotations

from village.assist.models.cards import Card, CardCode, Pin
from village.assist.models.centres import (
    ASLEEP_AFTER,
    VOUCHERS_NEEDED,
    Accreditation,
    AccreditationQuerySet,
    AccreditationStatus,
    Centre,
    Voucher,
)
from village.assist.models.consents import Consent, ConsentKind
from village.assist.models.mandates import (
    LAPSES_AFTER,
    Assignment,
    EndedBy,
    Mandate,
    MandateQuerySet,
    MandateStatus,
    Term,
)
from village.assist.models.people import FROZEN_FOR, PHONE, Freeze, Reach, ReachedBy

__all__ = [
    "ASLEEP_AFTER",
    "FROZEN_FOR",
    "LAPSES_AFTER",
    "PHONE",
    "VOUCHERS_NEEDED",
    "Accreditation",
    "AccreditationQuerySet",
    "AccreditationStatus",
    "Assignment",
    "Card",
    "CardCode",
    "Centre",
    "Consent",
    "ConsentKind",
    "EndedBy",
    "Freeze",
    "Mandate",
    "MandateQuerySet",
    "MandateStatus",
    "Pin",
    "Reach",
    "ReachedBy",
    "Term",
    "Voucher",
]
