"""Centres, the volunteers who act under them, and the mandates people give."""

from __future__ import annotations

from village.assist.models.centres import Accreditation, Centre
from village.assist.models.mandates import (
    Consent,
    ConsentKind,
    Mandate,
    MandateQuerySet,
    MandateStatus,
    Term,
)

__all__ = [
    "Accreditation",
    "Centre",
    "Consent",
    "ConsentKind",
    "Mandate",
    "MandateQuerySet",
    "MandateStatus",
    "Term",
]
