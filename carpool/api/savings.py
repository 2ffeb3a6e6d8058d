"""What riding together saved, over HTTP."""

from __future__ import annotations

from typing import Annotated

import ninja
from django.utils import timezone
from ninja import Query

from carpool import queries
from carpool.api.addresses import VILLAGE, router
from carpool.schemas import SavingsOut, savings_out
from village.core.actor import Scope
from village.core.http import ActorRequest
from village.core.permissions import MEMBERS
from village.core.schemas import In
from village.residents.queries import member_of


class SavingsQuery(In):
    """Which year is asked for; without one, this year."""

    year: Annotated[int, ninja.Field(ge=2000, le=2100)] | None = None


@router.get(f"{VILLAGE}/savings", response=SavingsOut, scope=Scope.RIDES_REQUEST, who=MEMBERS)
def show_savings(request: ActorRequest, v: str, query: Query[SavingsQuery]) -> SavingsOut:
    """Show what one saved by riding together in a year, and what the village did."""
    village = member_of(request.actor, v)
    year = query.year or timezone.now().astimezone(village.tzinfo).year
    mine = queries.saved_by(request.actor.principal_id, village.pk, year)
    return savings_out(year, mine, queries.saved_in(village.pk, year))
