"""
The verbs of being erased, in two steps.

At once: nobody can sign in as her, nothing shows her name, her memberships end, and with them
her rides, places and mandates, of which others are told. As soon as they have been told:
everything that was hers goes, and every copy of it. The journal keeps ids only, so every
stream keeps its numbers; what is gone shows as a tombstone.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from uuid import UUID

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.apps import apps
from django.conf import settings
from django.contrib.sessions.models import Session
from django.core.files.storage import default_storage
from django.db import models, transaction
from django.db.models import Max

from village.core import walls
from village.core.actor import SYSTEM, Actor
from village.core.errors import NotFound
from village.journal.actions import record_all
from village.journal.facts import Fact
from village.journal.holdings import ERASED, Gone, Holding, traces
from village.journal.models import Entry, Reading
from village.residents import facts, policies
from village.residents.actions import end_membership
from village.residents.endings import Why, end_what_depends
from village.residents.models import Erasure, Membership, Resident

# So long others may take to be told what ended; then it is done all the same.
TOLD_AFTER = timedelta(seconds=30)
TOLD_WITHIN = timedelta(hours=1)


@walls.lifted()
@transaction.atomic
def erase_resident(*, by: Actor, resident_id: UUID, at: datetime) -> None:
    """
    Erase somebody: the first step, which she sees; the second follows in the background.

    A second call changes nothing.

    :raises NotFound: if there is nobody of this id whom the actor may erase
    :raises OutOfScope: in assisted mode
    """
    policies.may_erase(by, resident_id).enforce()
    person = Resident.objects.select_for_update().filter(pk=resident_id).first()
    if person is None:
        raise NotFound
    if person.erased_at is not None:
        return
    mark = Entry.objects.aggregate(last=Max("pk"))["last"] or 0
    Erasure.objects.update_or_create(
        resident_id=resident_id, defaults={"asked_at": at, "mark": mark, "wiped_at": None}
    )
    happened: list[Fact] = []
    memberships = Membership.objects.filter(resident=resident_id).order_by("-created_at", "pk")
    villages = list(memberships.values_list("village", flat=True))
    for membership in memberships.current().select_for_update():
        happened += end_membership(membership, why=Why.ERASED, by=by, at=at)
    happened += end_what_depends(
        resident_id=resident_id, village=None, why=Why.ERASED, by=by, at=at
    )
    _forget_sign_in(person)
    _empty(person, at)
    transaction.on_commit(partial(_write_down, resident_id, at))
    if villages:
        happened.append(facts.ResidentErased(village=villages[0], resident_id=resident_id))
    record_all(happened, by=by, at=at)


@transaction.atomic
def finish_erasure(*, by: Actor, resident_id: UUID, at: datetime, at_once: bool = False) -> bool:
    """
    Let everything go that somebody who was erased has left; tell whether it is gone now.

    Unless ``at_once``, it waits until others have been told of what ended with her, though not
    for ever.

    :raises NotFound: if the actor may not do this
    """
    policies.may_erase(by, resident_id).enforce()
    erasure = Erasure.objects.select_for_update().filter(pk=resident_id, wiped_at=None).first()
    if erasure is None:
        return False
    if not at_once and _waits(erasure, at):
        return False
    homes = Membership.objects.filter(resident=resident_id).order_by("-created_at", "pk")
    village = homes.values_list("village", flat=True).first()
    gone = Gone(resident_id, at, ids={str(resident_id)})
    for holding in Holding.declared.values():
        holding.forget(gone)
    _forget_undeclared(resident_id)
    for trace in traces.values():
        trace.forget(gone)
    for name in gone.files:
        transaction.on_commit(partial(default_storage.delete, name), robust=True)
    erasure.wiped_at = at
    erasure.save(update_fields=["wiped_at"])
    if village is not None:
        done = facts.ErasureDone(village=village, resident_id=resident_id)
        record_all([*gone.facts, done], by=by, at=at)
    return True


def finish_due_erasures(*, at: datetime) -> int:
    """Finish the erasures whose time has come; give their number."""
    due = Erasure.objects.filter(wiped_at=None).order_by("asked_at")
    people = list(due.values_list("resident_id", flat=True))
    return sum(finish_erasure(by=SYSTEM, resident_id=person, at=at) for person in people)


def replay(people: Iterable[UUID], *, at: datetime) -> int:
    """Erase again whom a restored backup has brought back; give their number."""
    back = Resident.objects.filter(pk__in=set(people), erased_at=None)
    found = list(back.values_list("pk", flat=True))
    for resident_id in found:
        erase_resident(by=SYSTEM, resident_id=resident_id, at=at)
        # Nobody needs to be told: what ended with her ended long ago.
        finish_erasure(by=SYSTEM, resident_id=resident_id, at=at, at_once=True)
    return len(found)


def ledger() -> Path:
    """Give the file that outlives every backup: one erased id on each line, and when."""
    return Path(settings.ERASURE_LEDGER)


def written_down(path: Path) -> list[UUID]:
    """
    Read a ledger.

    :raises ValueError: if a line is none of a ledger
    """
    lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
    return [UUID(json.loads(line)["resident"]) for line in lines if line.strip()]


def _write_down(resident_id: UUID, at: datetime) -> None:
    line = json.dumps({"resident": str(resident_id), "at": at.isoformat()}) + "\n"
    path = ledger()
    path.parent.mkdir(parents=True, exist_ok=True)
    # One write of one line, which the disk has before we go on.
    with path.open("a", encoding="utf-8") as file:
        file.write(line)
        file.flush()
        os.fsync(file.fileno())


def _waits(erasure: Erasure, at: datetime) -> bool:
    """Tell whether others still have to be told of what ended with her."""
    if at < erasure.asked_at + TOLD_AFTER:
        return True
    if at >= erasure.asked_at + TOLD_WITHIN:
        return False
    ended = (SYSTEM.principal_id, erasure.resident_id)
    return Reading.objects.filter(
        done_at=None, entry_id__gt=erasure.mark, entry__principal_id__in=ended
    ).exists()


def _empty(person: Resident, at: datetime) -> None:
    person.display_name = ERASED
    person.email = person.phone = person.born_on = None
    person.large_print = person.is_active = person.is_staff = person.is_superuser = False
    person.last_login = None
    person.erased_at = at
    person.set_unusable_password()
    person.groups.clear()
    person.user_permissions.clear()
    person.save()


def _forget_sign_in(person: Resident) -> None:
    """Forget every way in, and every session that knows her, also one that asked for a code."""
    known = {str(person.pk), *filter(None, (person.email, person.phone))}
    known.update(EmailAddress.objects.filter(user=person).values_list("email", flat=True))
    for session in Session.objects.iterator(chunk_size=500):
        held = str(session.get_decoded())
        if any(each in held for each in known):
            session.delete()
    for model in (EmailAddress, Authenticator, UserSession):
        model.objects.filter(user=person).delete()


def _forget_undeclared(resident_id: UUID) -> None:
    """Delete the rows of tables that nobody has declared, as deleting her row would have done."""
    declared = {(each.of, each.person) for each in Holding.declared.values()}
    for model in apps.get_models():
        for field in model._meta.concrete_fields:
            if field.related_model is not Resident or (model, field.name) in declared:
                continue
            rows = model._base_manager.filter(**{field.name: resident_id})
            if getattr(field.remote_field, "on_delete", None) is models.CASCADE:
                rows.delete()
            elif field.null:
                rows.update(**{field.name: None})
