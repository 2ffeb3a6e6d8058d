"""Letting publishers in."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from news import policies, queries
from news.models import Outlet
from village.core.actor import Actor
from village.core.errors import DomainError
from village.residents.naming import check_name


class OutletKnown(DomainError):
    """The village has an outlet of this name already."""

    code = "news.outlet_known"

    def __init__(self) -> None:
        super().__init__(_("There is an outlet of this name already."), field="slug")


@transaction.atomic
def open_outlet(
    *, by: Actor, village: str, name: str, slug: str, homepage: str = "", at: datetime
) -> Outlet:
    """
    Let a publisher into a village; who edits it is then granted as a role.

    :raises NotFound: if there is no such village
    :raises Forbidden: if the actor is not its steward
    :raises OutletKnown: if the slug is taken
    :raises NameTaken: if its name may be taken for that of another one
    """
    home = queries.home_of(by, village)
    policies.may_open_outlet(by, home).enforce()
    if Outlet.objects.filter(village=home, slug=slug).exists():
        raise OutletKnown
    check_name(name, village=home.pk, field="name")
    outlet, is_new = Outlet.objects.get_or_create(
        village=home, slug=slug, defaults={"name": name, "homepage": homepage, "created_at": at}
    )
    if not is_new:
        raise OutletKnown
    return outlet
