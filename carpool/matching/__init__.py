"""Which rides fit whom, exactly: insertion into timed rides; all of it is pure."""

from __future__ import annotations

from carpool.matching.fleet import Fleet, fleet_of, fleet_of_packed, packed
from carpool.matching.insertion import fitting, fitting_in
from carpool.matching.planning import planned, timed, with_rider, without_riders
from carpool.matching.ranking import ranked, reasons
from carpool.matching.rides import (
    DWELL,
    EVER,
    MAX_CALLS,
    MAX_SEATS,
    MAX_SPOTS,
    Because,
    Call,
    Match,
    Reason,
    Ride,
    Spot,
    Wish,
    seconds_of,
)

__all__ = [
    "DWELL",
    "EVER",
    "MAX_CALLS",
    "MAX_SEATS",
    "MAX_SPOTS",
    "Because",
    "Call",
    "Fleet",
    "Match",
    "Reason",
    "Ride",
    "Spot",
    "Wish",
    "fitting",
    "fitting_in",
    "fleet_of",
    "fleet_of_packed",
    "packed",
    "planned",
    "ranked",
    "reasons",
    "seconds_of",
    "timed",
    "with_rider",
    "without_riders",
]
