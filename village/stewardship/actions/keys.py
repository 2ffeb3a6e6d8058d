"""API keys: made by whoever holds the office, rotated without a gap, ended at once."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Collection
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from village.core.actor import SYSTEM, Actor, KeyScope
from village.core.errors import Invalid, NotFound
from village.journal.actions import record
from village.residents.actions import join_village, leave_village
from village.residents.models import Grant, Resident, Role
from village.residents.queries import village_or_404
from village.stewardship import facts, policies
from village.stewardship.models import ApiKey

PREFIX = "vk_"
# As long as the old secret stays good, unless it is ended.
GRACE = timedelta(hours=24)
# How exactly the last use is known: a key in use does not write with every request.
USED_EVERY = timedelta(minutes=1)
GOOD_FOR = {
    Role.EDITOR: frozenset({KeyScope.NEWS_READ, KeyScope.NEWS_WRITE}),
    Role.CLERK: frozenset({KeyScope.CASES_READ, KeyScope.CASES_WRITE}),
    # A device at a public place holds no office.
    Role.RESIDENT: frozenset({KeyScope.RIDES_CALL}),
}


@transaction.atomic
def make_key(
    *,
    by: Actor,
    village: str,
    name: str,
    role: Role,
    of: UUID,
    scopes: Collection[KeyScope],
    at: datetime,
) -> tuple[ApiKey, str]:
    """
    Let a machine speak for an outlet, a department or a public place, this once with its secret.

    :raises NotFound: if the actor does not belong to the village
    :raises Forbidden: if she does not hold that office herself, or is no steward of a place
    :raises Invalid: if the office has no such scopes
    """
    policies.may_make_key(by, village, role, of).enforce()
    if not scopes or not set(scopes) <= GOOD_FOR.get(role, frozenset()):
        raise Invalid(_("A key of this office cannot be good for this."), field="scopes")
    machine = Resident.objects.create_user(name)
    membership = join_village(by=SYSTEM, village=village_or_404(village), resident=machine, at=at)
    # It has no family name that neighbours need not know.
    Resident.objects.filter(pk=machine.pk).update(full_name_on_board=True)
    if role != Role.RESIDENT:
        Grant.objects.create(
            membership=membership, role=role, of=of, proposed_by_id=by.principal_id, granted_at=at
        )
    secret = _draw()
    key = ApiKey.objects.create(
        village_id=village,
        name=name,
        role=role,
        of=of,
        scopes=sorted(scopes),
        machine=machine,
        digest=_digest(secret),
        created_at=at,
    )
    record(facts.KeyMade(village=village, key_id=key.pk, machine_id=machine.pk), by=by, at=at)
    return key, secret


@transaction.atomic
def rotate_key(
    *, by: Actor, key_id: UUID, grace: timedelta = GRACE, at: datetime
) -> tuple[ApiKey, str]:
    """
    Give a key a new secret, shown this once; the one before stays good for ``grace``.

    :raises NotFound: if there is no such key that the actor looks after
    """
    key = _locked(key_id)
    policies.may_rotate(by, key).enforce()
    secret = _draw()
    key.before, key.before_until = key.digest, at + grace
    key.digest = _digest(secret)
    key.save(update_fields=["before", "before_until", "digest"])
    record(facts.KeyRotated(village=key.village_id, key_id=key.pk), by=by, at=at)
    return key, secret


@transaction.atomic
def end_key(*, by: Actor, key_id: UUID, at: datetime) -> None:
    """
    End a key at once, with the machine's place in the village.

    :raises NotFound: if there is no such key that the actor looks after
    """
    key = _locked(key_id)
    policies.may_end_key(by, key).enforce()
    key.ended_at = at
    key.save(update_fields=["ended_at"])
    leave_village(by=SYSTEM, village=key.village_id, resident_id=key.machine_id, at=at)
    Resident.objects.filter(pk=key.machine_id).update(is_active=False)
    record(facts.KeyEnded(village=key.village_id, key_id=key.pk), by=by, at=at)


def use_key(*, secret: str, at: datetime) -> Actor | None:
    """Give the actor of a secret, as far as its scopes go; ``None`` when it is good for nothing."""
    if not secret.startswith(PREFIX) or len(secret) > 100:
        return None
    digest = _digest(secret)
    key = ApiKey.objects.filter(
        Q(digest=digest) | Q(before=digest, before_until__gt=at),
        ended_at=None,
        machine__is_active=True,
    ).first()
    if key is None:
        return None
    if key.last_used_at is None or key.last_used_at < at - USED_EVERY:
        ApiKey.objects.filter(pk=key.pk).update(last_used_at=at)
    return Actor(key.machine_id, key=frozenset(map(KeyScope, key.scopes)))


def _locked(key_id: UUID) -> ApiKey:
    found = ApiKey.objects.select_for_update().filter(pk=key_id, ended_at=None).first()
    if found is None:
        raise NotFound
    return found


def _draw() -> str:
    return PREFIX + secrets.token_urlsafe(32)


def _digest(secret: str) -> str:
    # The secret is 256 random bits: there is nothing to guess, so nothing to slow down.
    return hashlib.sha256(secret.encode()).hexdigest()
