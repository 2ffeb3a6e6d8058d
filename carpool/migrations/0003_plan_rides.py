from datetime import timedelta

from django.db import migrations

from village.core.geo import Point, distance_m


def plan_rides(apps, schema_editor):
    """Plan the rides that were offered before plans, with whoever has booked the whole way."""
    offers = apps.get_model("carpool", "RideOffer").objects.filter(status="open")
    calls = apps.get_model("carpool", "RideCall")
    bookings = apps.get_model("carpool", "Booking")
    bookings.objects.filter(status="accepted").update(status="confirmed")
    for offer in offers.iterator():
        ends = [(offer.from_lat, offer.from_lng), (offer.to_lat, offer.to_lng)]
        # As everybody knew them when they were offered.
        ends = [(round(lat, 2), round(lng, 2)) for lat, lng in ends]
        metres = round(distance_m(Point(*ends[0]), Point(*ends[1])) * 1.3)
        driving = round(metres / (50 / 3.6))
        active = list(
            bookings.objects.filter(offer=offer, status__in=("requested", "confirmed"))
        )
        way = [(None, 0, 0), *((each.pk, each.seats, 0) for each in active)]
        way += [*((each.pk, -each.seats, 1) for each in active), (None, 0, 1)]
        now, at_end = offer.departs_at, False
        for turn, (booking, boards, end) in enumerate(way):
            moved = end == 1 and not at_end
            at_end = end == 1
            now += timedelta(seconds=driving if moved else 0)
            dwell = 60 if booking else 0
            calls.objects.create(
                offer=offer,
                turn=turn,
                booking_id=booking,
                lat=ends[end][0],
                lng=ends[end][1],
                arrives_at=now,
                metres=metres if moved else 0,
                dwell=dwell,
                latest=offer.departs_until if turn == 0 else None,
                boards=boards,
            )
            now += timedelta(seconds=dwell)
        offer.arrives_at = now + timedelta(minutes=offer.flexible_minutes)
        offer.longest_seconds = driving + offer.detour_minutes * 60
        offer.save(update_fields=["arrives_at", "longest_seconds"])


class Migration(migrations.Migration):

    dependencies = [("carpool", "0002_terms_stops_and_plans")]

    operations = [migrations.RunPython(plan_rides, migrations.RunPython.noop)]
