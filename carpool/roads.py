"""Which roads this village matches by: a server's, a built network's, or an estimate's."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from django.conf import settings
from django.utils.translation import gettext as _

from carpool.routing import Coordinates, Estimate, Roads, RoadsUnavailable, Table
from carpool.routing.network import load
from carpool.routing.osrm import Osrm
from village.core.errors import DomainError


class RoadsClosed(DomainError):
    """The server that knows the roads does not answer."""

    code = "carpool.roads_unavailable"
    status = 503
    retry_after = 30

    def __init__(self) -> None:
        super().__init__(_("The ways cannot be looked up right now. Please try again in a moment."))


class _Server(Osrm):
    """Ask a server, and say so to people when it does not answer."""

    def table(self, starts: Coordinates, goals: Coordinates) -> Table:
        """
        Give whole seconds and metres from each start to each goal.

        :raises RoadsClosed: it does not answer
        """
        try:
            return super().table(starts, goals)
        except RoadsUnavailable as error:
            raise RoadsClosed from error


def roads() -> Roads:
    """Give whoever knows how long a drive takes."""
    if settings.OSRM_URL:
        return _Server(settings.OSRM_URL.rstrip("/"))
    try:
        built = kept_at().stat()
    except FileNotFoundError:
        return Estimate()
    return _loaded(kept_at(), built.st_mtime_ns)


def kept_at() -> Path:
    """Give the file in which the built network is kept."""
    return Path(settings.VAR_DIR) / "roads.npz"


@lru_cache(maxsize=1)
def _loaded(path: Path, built: int) -> Roads:
    """Load a network once for each time that it was built."""
    return load(path)
