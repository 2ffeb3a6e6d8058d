"""The one router of the rides, their addresses, and who may."""

from __future__ import annotations

from village.core.permissions import Standing, may
from village.core.router import Router

# By alias, because a place to start from is called "from" on the wire.
router = Router(by_alias=True)
VILLAGE = "/villages/{slug:v}/carpool"
OFFERS = f"{VILLAGE}/offers"
OFFER = "/carpool/offers/{uuid:offer_id}"
REQUESTS = f"{VILLAGE}/requests"
REQUEST = "/carpool/requests/{uuid:request_id}"
BOOKING = "/carpool/bookings/{uuid:booking_id}"
OWN = may(Standing.OWNER, seen_by=[Standing.MEMBER])
# A rider owns her booking; the driver is her partner.
EITHER = may(Standing.OWNER, Standing.PARTNER)
RIDER = may(Standing.OWNER, seen_by=[Standing.PARTNER])
DRIVER = may(Standing.PARTNER, seen_by=[Standing.OWNER])
EITHER_IN_PERSON = may(Standing.OWNER, Standing.PARTNER, in_person=[Standing.PARTNER])
STEWARD = may(Standing.STEWARD, seen_by=[Standing.MEMBER])
