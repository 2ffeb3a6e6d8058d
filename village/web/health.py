"""Whether the process lives, whether it can serve, and its figures: for operators and machines."""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass

import structlog
from django.conf import settings
from django.db import Error as DatabaseError
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_safe
from kombu.exceptions import OperationalError as BrokerError
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from village.celery import app
from village.realtime.hub import hub

log = structlog.get_logger(__name__)
# The hub looks at the log once a second; one that has not for so long cannot reach it.
HUB_WITHIN = 10.0


@dataclass(frozen=True, slots=True)
class Part:
    """Say how one part of the process is, in a word or two."""

    ok: bool
    state: str


@require_safe
def alive(request: HttpRequest) -> JsonResponse:
    """Say that the process lives; it asks nobody."""
    return JsonResponse({"ok": True})


@require_safe
def ready(request: HttpRequest) -> JsonResponse:
    """Say whether the process can serve, and how each part is; 503 when one is down."""
    parts = {name: check() for name, check in _parts.items()}
    down = {name: part.state for name, part in parts.items() if not part.ok}
    if down:
        log.warning("not_ready", **down)
    ok = not down
    return JsonResponse(
        {"ok": ok, "parts": {name: asdict(part) for name, part in parts.items()}},
        status=200 if ok else 503,
        headers={"Cache-Control": "no-store"},
    )


@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    """Give the figures of this process to operators; to all others there is nothing here."""
    if not (_has_token(request) or _is_operator(request)):
        raise Http404
    return HttpResponse(generate_latest(), content_type=CONTENT_TYPE_LATEST)


def _has_token(request: HttpRequest) -> bool:
    given = request.headers.get("Authorization", "").encode()
    asked = f"Bearer {settings.METRICS_TOKEN}".encode()
    return bool(settings.METRICS_TOKEN) and secrets.compare_digest(given, asked)


def _is_operator(request: HttpRequest) -> bool:
    return request.user.is_authenticated and request.user.is_active and request.user.is_staff


def database() -> Part:
    """Ask the database for an answer."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError as error:
        return Part(False, type(error).__name__)
    return Part(True, "answers")


class Migrations:
    """Look whether the tables are those of this code; once they are, they stay so."""

    def __init__(self) -> None:
        self.applied = False

    def __call__(self) -> Part:
        """Look again unless all were applied the last time."""
        if not self.applied:
            try:
                executor = MigrationExecutor(connection)
                missing = executor.migration_plan(executor.loader.graph.leaf_nodes())
            except DatabaseError as error:
                return Part(False, type(error).__name__)
            if missing:
                return Part(False, f"{len(missing)} missing")
            self.applied = True
        return Part(True, "applied")


def nerves() -> Part:
    """Look whether the hub reads the log; it begins with the first socket."""
    if hub.loop is None:
        return Part(True, "idle")
    if not hub.healthy_at:
        return Part(True, "starting")
    silent = time.monotonic() - hub.healthy_at
    return (
        Part(True, "running") if silent < HUB_WITHIN else Part(False, f"silent for {silent:.0f} s")
    )


def jobs() -> Part:
    """Look whether jobs are done: by the threads of this process, or over the broker."""
    if settings.EMBEDDED:
        return Part(True, "running") if _jobs_run_here() else Part(False, "not running")
    try:
        with app.connection_for_read() as broker:  # type: ignore[no-untyped-call]
            broker.ensure_connection(max_retries=0, timeout=1)
    except (BrokerError, OSError) as error:
        return Part(False, type(error).__name__)
    return Part(True, "broker answers")


def tell_of_jobs(run_here: Callable[[], bool]) -> None:
    """Let whoever runs the jobs inside this process say whether they do."""
    global _jobs_run_here
    _jobs_run_here = run_here


def _nobody_runs_jobs() -> bool:
    return False


_jobs_run_here: Callable[[], bool] = _nobody_runs_jobs
_parts: dict[str, Callable[[], Part]] = {
    "database": database,
    "migrations": Migrations(),
    "hub": nerves,
    "jobs": jobs,
}
