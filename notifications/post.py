"""The post: telling large audiences, and carrying what is due, by every way there is."""

from __future__ import annotations

import random
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from threading import Event, Thread
from time import monotonic

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
# The more slowly a way carries, the fewer letters one worker takes at once.
AT_ONCE = {Way.PUSH: 50, Way.EMAIL: 6}
AT_ONCE_OTHERWISE = 20
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
    for errands in _batches(way, only_emergencies, resting):
        for kind, together in _by_route(errands).items():
            carried = _send(kind, together)
            if carried is None:
                resting |= {each for each in AddressKind if route_of(each) is kind}
            else:
                sent += carried
    return sent


def _send(kind: AddressKind, errands: Sequence[Errand]) -> int | None:
    """Send letters by one transport; give how many it took, or nothing if it has to rest."""
    try:
        with _kept_from_others(errands):
            letters = [(each.address, each.letter) for each in errands]
            outcomes = transport_for(kind).send(letters)
    except TransportError as error:
        log.error("transport_failed", kind=kind.value, error=str(error))
        rest = REST_SECONDS[error.permanent]
        actions.give_back(by=SYSTEM, errands=errands, wait=rest, at=timezone.now())
        return None
    except Exception:
        # A transport is code that meets the outside: what it breaks on must not stop the
        # other ways. Its letters come due again when their lease runs out.
        log.exception("transport_broke", kind=kind.value)
        return None
    return _keep(kind, errands, outcomes)


@contextmanager
def _kept_from_others(errands: Sequence[Errand]) -> Iterator[None]:
    """Renew the lease of letters for as long as they are carried, and this process lives."""
    is_over = Event()
    beat = settings.LETTER_LEASE_SECONDS / 3

    def renew() -> None:
        try:
            for _ in range(RENEWALS):
                if is_over.wait(beat):
                    return
                actions.renew_lease(by=SYSTEM, errands=errands, at=timezone.now())
        except DatabaseError as error:
            # Then they come due again, and may be sent twice: better than never.
            log.warning("lease_not_renewed", error=type(error).__name__)
        finally:
            connection.close()

    heart = Thread(target=renew, name="lease", daemon=True)
    heart.start()
    try:
        yield
    finally:
        is_over.set()
        heart.join()


def _by_route(errands: Sequence[Errand]) -> dict[AddressKind, list[Errand]]:
    found: dict[AddressKind, list[Errand]] = {}
    for errand in errands:
        found.setdefault(route_of(errand.address.kind), []).append(errand)
    return found


def _batches(
    way: Way, only_emergencies: bool, resting: Collection[AddressKind]
) -> Iterator[list[Errand]]:
    ends_at = monotonic() + ROUND_SECONDS
    while monotonic() < ends_at:
        errands = actions.lease_deliveries(
            by=SYSTEM,
            way=way,
            at=timezone.now(),
            at_most=AT_ONCE.get(way, AT_ONCE_OTHERWISE),
            only_emergencies=only_emergencies,
            resting=resting,
        )
        if not errands:
            return
        yield errands


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
