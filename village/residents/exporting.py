"""
The verbs of being given all that is kept of oneself: one file, written in the background.

It holds what the rooms declare in their holdings, one JSON document each, and the files that
belong to them. Rows are read and written one after the other, so however much it is, it needs no
more memory than one row and one piece of a file.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from typing import IO, Final
from uuid import UUID
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile

from django.core.files.base import File
from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models import F, Q, QuerySet

from village.core.actor import SYSTEM, Actor
from village.core.errors import NotFound
from village.core.json import dump
from village.journal.actions import record
from village.journal.holdings import Holding
from village.residents import facts, policies
from village.residents.models import Export, ExportStatus, Membership, Resident

KEPT_FOR = timedelta(days=7)
# Whoever asks again sooner is given the file that was just written.
FRESH_FOR = timedelta(hours=1)
LEASE = timedelta(minutes=5)
TRIES = 3
FOLDER: Final = "exports"
_PIECE = 64 * 1024
# Told of each export that waits, after its commit; ``tasks`` puts its nudge here.
wakers: list[Callable[[UUID], None]] = []


@transaction.atomic
def ask_for_export(*, by: Actor, at: datetime) -> Export:
    """
    Ask for all that is kept of oneself; while one is being written or is fresh, it is that one.

    :raises OutOfScope: in assisted mode
    """
    policies.may_export(by).enforce()
    # Held, so that asking twice at once is asking once.
    Resident.objects.select_for_update(no_key=True).get(pk=by.principal_id)
    mine = Export.objects.filter(resident=by.principal_id)
    kept = Q(status=ExportStatus.WAITING)
    kept |= Q(status=ExportStatus.READY, created_at__gt=at - FRESH_FOR)
    if (found := mine.filter(kept).first()) is not None:
        return found
    _remove(mine)
    made = Export.objects.create(
        resident_id=by.principal_id,
        parts=len(_parts()),
        due_at=at,
        created_at=at,
        expires_at=at + KEPT_FOR,
    )
    for wake in wakers:
        transaction.on_commit(partial(wake, made.pk), robust=True)
    return made


def write_export(*, by: Actor, export_id: UUID, at: datetime) -> bool:
    """
    Write the file of an export that waits; tell whether this call did.

    :raises NotFound: if the actor is not the system
    """
    policies.may_write_export(by).enforce()
    export = _claim(export_id, at)
    if export is None:
        return False
    with tempfile.TemporaryFile() as file:
        _write(export, file)
        size = file.tell()
        file.seek(0)
        name = default_storage.save(f"{FOLDER}/{export.pk}.zip", File(file))
    if _keep(export, name, size, at):
        return True
    default_storage.delete(name)
    return False


def write_due_exports(*, at: datetime) -> int:
    """Write the exports that nobody works on; give their number."""
    due = list(_due(at).order_by("due_at").values_list("pk", flat=True))
    return sum(write_export(by=SYSTEM, export_id=export_id, at=at) for export_id in due)


def remove_expired(before: datetime) -> int:
    """Remove the files whose time is over; give their number."""
    old = Export.objects.filter(expires_at__lte=before)
    number = old.count()
    _remove(old)
    return number


def latest(by: Actor) -> Export:
    """
    Find the export that the actor asked for last.

    :raises NotFound: if there is none, or its time is over
    """
    policies.may_export(by).enforce()
    found = Export.objects.filter(resident=by.principal_id).order_by("-created_at").first()
    if found is None:
        raise NotFound
    return found


def open_file(*, by: Actor, at: datetime) -> IO[bytes]:
    """
    Open the file that the actor asked for last; whoever calls closes it.

    :raises NotFound: if it is not there, not yet or no longer
    """
    export = latest(by)
    if not export.file or export.expires_at <= at:
        raise NotFound
    try:
        file: IO[bytes] = default_storage.open(export.file)
    except FileNotFoundError:
        raise NotFound from None
    return file


def _due(at: datetime) -> QuerySet[Export]:
    """Give those that wait and that nobody works on."""
    return Export.objects.filter(status=ExportStatus.WAITING, due_at__lte=at)


def _parts() -> list[Holding]:
    return [each for each in Holding.declared.values() if each.shows]


@transaction.atomic
def _claim(export_id: UUID, at: datetime) -> Export | None:
    waiting = _due(at).filter(pk=export_id)
    if not waiting.filter(tries__lt=TRIES).update(due_at=at + LEASE, tries=F("tries") + 1):
        waiting.update(status=ExportStatus.FAILED)
        return None
    return Export.objects.get(pk=export_id)


def _write(export: Export, file: IO[bytes]) -> None:
    with ZipFile(file, "w", ZIP_DEFLATED) as archive:
        about = {
            "resident": export.resident_id,
            "asked_at": export.created_at,
            "holds": {each.key: each.kept for each in _parts()},
        }
        archive.writestr("about.json", dump(about))
        for number, part in enumerate(_parts(), 1):
            _write_rows(archive, part, export.resident_id)
            _write_files(archive, part, export.resident_id)
            # Her screen shows how far it is, and whoever works on it is seen to be alive.
            Export.objects.filter(pk=export.pk).update(parts_done=number)


def _write_rows(archive: ZipFile, part: Holding, resident_id: UUID) -> None:
    with archive.open(f"{part.key}.json", "w", force_zip64=True) as document:
        document.write(b"[")
        for number, row in enumerate(part.export(resident_id)):
            document.write(b",\n" if number else b"\n")
            document.write(dump(row))
        document.write(b"\n]\n")


def _write_files(archive: ZipFile, part: Holding, resident_id: UUID) -> None:
    for name in part.files(resident_id):
        if part.of is Export or not default_storage.exists(name):
            continue
        archive.compression = ZIP_STORED
        with (
            default_storage.open(name) as kept,
            archive.open(f"files/{name}", "w", force_zip64=True) as copy,
        ):
            while piece := kept.read(_PIECE):
                copy.write(piece)
        archive.compression = ZIP_DEFLATED


@transaction.atomic
def _keep(export: Export, name: str, size: int, at: datetime) -> bool:
    """Let her have the file, unless she was erased or somebody else was quicker."""
    kept = Export.objects.filter(
        pk=export.pk,
        status=ExportStatus.WAITING,
        tries=export.tries,
        resident__is_active=True,
    ).update(status=ExportStatus.READY, file=name, size=size)
    home = Membership.objects.current().filter(resident=export.resident_id).first()
    if kept and home is not None:
        record(
            facts.ExportReady(
                village=home.village_id, resident_id=export.resident_id, export_id=export.pk
            ),
            by=SYSTEM,
            at=at,
        )
    return bool(kept)


def _remove(exports: QuerySet[Export]) -> None:
    """Remove exports together with their files."""
    for name in exports.exclude(file="").values_list("file", flat=True):
        transaction.on_commit(partial(default_storage.delete, name), robust=True)
    exports.delete()
