"""The public stops, and what a village lets drivers share."""

from __future__ import annotations

from uuid import UUID

from django.db.models import QuerySet

from carpool.models import RideRules, Stop

# What driving a car costs, wear included: the flat rate per kilometre of German tax law for
# business trips by car (Bundesreisekostengesetz, section 5, paragraph 2).
USUAL_CENTS_PER_KM = 30


def stops_of(village: str) -> QuerySet[Stop]:
    """Give the stops of a village that are in use."""
    return Stop.objects.in_use().filter(village=village)


def stop(stop_id: UUID) -> Stop | None:
    """Find a stop of any village that is in use; everybody may know it."""
    return Stop.objects.in_use().filter(pk=stop_id).first()


def cents_per_km(village: str) -> int:
    """Give the most that drivers and riders of a village share for each kilometre."""
    rules = RideRules.objects.filter(pk=village).first()
    return USUAL_CENTS_PER_KM if rules is None else rules.cents_per_km
