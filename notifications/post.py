"""The post: telling large audiences, and carrying what is due, by every way there is."""

from __future__ import annotations

import random
from collections.abc import Collection, Sequence
from threading import Event, Lock, Thread
from time import monotonic
from typing import Self

import structlog
from django.conf import settings
from django.db import DatabaseError, connection
from django.utils import timezone

from notifications import actions, queries
from notifications.actions import Errand
from notifications.models import Way
from notifications.transports.base import AddressKind, Outcome, TransportError
from notifications.transports.choose import route_of, transport_for
from village.core.actor import SYSTEM

log = structlog.get_logger(__name__)
# So many letters one worker takes at once, which asks the database hardly more than for a few.
AT_ONCE = {Way.PUSH: 500, Way.EMAIL: 60}
AT_ONCE_OTHERWISE = 100
# So many of them it sends before it keeps what became of them: as many may go twice when it dies.
# The more slowly a way carries, the fewer.
TOGETHER = {Way.PUSH: 100, Way.EMAIL: 6}
TOGETHER_OTHERWISE = 20
# After that the next round goes on, so that no way waits for ever behind another one.
ROUND_SECONDS = 30.0
# While only an operator can help, or everything failed for a reason common to all.
REST_SECONDS = {True: 600.0, False: 30.0}
# No transport takes so long; what hangs loses its letters to another worker.
RENEWALS = 12


def tell_large_audiences(*, only_emergencies: bool = False) -> int:
    """Tell the audiences that nobody works on, batch by batch; give the number of audiences."""
    due = queries.due_fan_outs(timezone.now(), only_emergencies=only_emergencies)
    return sum(_tell_everybody(each) for each in due)


def carry_due(*, only_emergencies: bool = False) -> int:
    """Carry the letters that are due; give the number of those that were sent."""
    ways = sorted(queries.ways_here() - {Way.INBOX})
    return sum(_carry(way, only_emergencies) for way in ways)


def _tell_everybody(fan_out_id: int) -> bool:
    if not actions.claim_fan_out(by=SYSTEM, fan_out_id=fan_out_id, at=timezone.now()):
        return False
    while actions.tell_next(by=SYSTEM, fan_out_id=fan_out_id, at=timezone.now()):
        pass
    return True


def _carry(way: Way, only_emergencies: bool) -> int:
    sent = 0
    resting: set[AddressKind] = set()
    ends_at = monotonic() + ROUND_SECONDS
    while monotonic() < ends_at:
        errands = _leased(way, only_emergencies, resting)
        if not errands:
            break
        with _Hold(errands) as hold:
            for kind, together in _by_route(errands).items():
                carried, goes_on = _send_all(kind, together, hold, way, ends_at)
                sent += carried
                if not goes_on:
                    resting |= {each for each in AddressKind if route_of(each) is kind}
    return sent


def _leased(way: Way, only_emergencies: bool, resting: Collection[AddressKind]) -> list[Errand]:
    return actions.lease_deliveries(
        by=SYSTEM,
        way=way,
        at=timezone.now(),
        at_most=AT_ONCE.get(way, AT_ONCE_OTHERWISE),
        only_emergencies=only_emergencies,
        resting=resting,
    )


def _send_all(
    kind: AddressKind, errands: Sequence[Errand], hold: _Hold, way: Way, ends_at: float
) -> tuple[int, bool]:
    """Send letters by one transport; give how many it took, and whether it can take more."""
    sent = 0
    together = TOGETHER.get(way, TOGETHER_OTHERWISE)
    for first in range(0, len(errands), together):
        some, left = errands[first : first + together], errands[first:]
        if first and monotonic() > ends_at:
            hold.let_go(left)
            actions.give_back(by=SYSTEM, errands=left, wait=0.0, at=timezone.now())
            break
        try:
            outcomes = _send(kind, some)
        except TransportError as error:
            log.error("transport_failed", kind=kind.value, error=str(error))
            hold.let_go(left)
            rest = REST_SECONDS[error.permanent]
            actions.give_back(by=SYSTEM, errands=left, wait=rest, at=timezone.now())
            return sent, False
        except Exception:
            # A transport is code that meets the outside: what it breaks on must not stop the
            # other ways. Its letters come due again when their lease runs out.
            log.exception("transport_broke", kind=kind.value)
            hold.let_go(left)
            return sent, False
        hold.let_go(some)
        sent += _keep(kind, some, outcomes)
    return sent, True


def _send(kind: AddressKind, errands: Sequence[Errand]) -> list[Outcome]:
    return transport_for(kind).send([(each.address, each.letter) for each in errands])


class _Hold:
    """Renew the lease of letters for as long as they are carried, and this process lives."""

    def __init__(self, errands: Sequence[Errand]) -> None:
        self._held = {each.deliveries: each for each in errands}
        self._lock = Lock()
        self._is_over = Event()
        self._renewals = 0
        self._heart = Thread(target=self._renew, name="lease", daemon=True)

    def __enter__(self) -> Self:
        self._heart.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._is_over.set()
        self._heart.join()

    def let_go(self, errands: Sequence[Errand]) -> None:
        """Renew some no longer, before it is written down what becomes of them."""
        with self._lock:
            for each in errands:
                self._held.pop(each.deliveries, None)
            # Whoever gets on with it does not hang.
            self._renewals = 0

    def _renew(self) -> None:
        try:
            while not self._is_over.wait(settings.LETTER_LEASE_SECONDS / 3):
                with self._lock:
                    if self._renewals == RENEWALS:
                        return
                    self._renewals += 1
                    held = list(self._held.values())
                    actions.renew_lease(by=SYSTEM, errands=held, at=timezone.now())
        except DatabaseError as error:
            # Then they come due again, and may be sent twice: better than never.
            log.warning("lease_not_renewed", error=type(error).__name__)
        finally:
            connection.close()


def _by_route(errands: Sequence[Errand]) -> dict[AddressKind, list[Errand]]:
    found: dict[AddressKind, list[Errand]] = {}
    for errand in errands:
        found.setdefault(route_of(errand.address.kind), []).append(errand)
    return found


def _keep(kind: AddressKind, errands: Sequence[Errand], outcomes: Sequence[Outcome]) -> int:
    kept = list(zip(errands, outcomes, strict=True))
    sent = actions.keep_outcomes(
        by=SYSTEM,
        kept=kept,
        jitter=random.random(),  # no secret, only spread
        at=timezone.now(),
    )
    refused = [outcome.error_code for _, outcome in kept if not outcome.accepted]
    if refused:
        codes = sorted(set(refused))
        log.warning("letters_not_sent", kind=kind.value, number=len(refused), codes=codes)
    return sent
