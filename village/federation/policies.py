"""Who decides what a village shows: a steward of each side, and either alone ends it."""

from __future__ import annotations

from village.core.actor import Actor
from village.core.policy import Verdict
from village.federation.models import Agreement
from village.stewardship.policies import may_steward


def may_end(by: Actor, agreement: Agreement) -> Verdict:
    """Say whether the actor may end an agreement: as a steward of one of the two."""
    as_reader = may_steward(by, agreement.reader_id)
    if as_reader:
        return as_reader
    as_source = may_steward(by, agreement.source_id)
    # Whoever lives in one of them is told why not, in either order.
    return as_source if as_source or as_reader.is_hidden else as_reader
