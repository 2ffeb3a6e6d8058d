from __future__ import annotations

from django.urls import URLPattern, URLResolver, include, path

from carpool import pages

urlpatterns: list[URLPattern | URLResolver] = [
    path("carpool/standard/v1/", include("carpool.standard.urls")),
    path("villages/<slug:v>/rides.gtfs.zip", pages.rides_feed, name="rides-feed"),
    path("villages/<slug:v>/rides.gtfs-rt.pb", pages.rides_now, name="rides-now"),
    path("villages/<slug:v>/rides", pages.board, name="rides"),
    path("villages/<slug:v>/rides/offer", pages.new_offer, name="offer-ride"),
    path("villages/<slug:v>/rides/ask", pages.new_request, name="ask-for-ride"),
    path("villages/<slug:v>/rides/saved", pages.saved, name="rides-saved"),
    path("villages/<slug:v>/rides/saved/<int:year>", pages.saved, name="rides-saved-in"),
    path("carpool/trips/<uuid:booking_id>", pages.trip, name="trip"),
    path("carpool/trips/<str:token>", pages.trip_link, name="trip-link"),
    path("carpool/offers/<uuid:offer_id>", pages.offer, name="ride"),
    path("carpool/offers/<uuid:offer_id>/card", pages.card, name="ride-card"),
    path("carpool/offers/<uuid:offer_id>/live", pages.ride, name="ride-live"),
    path("carpool/offers/<uuid:offer_id>/book", pages.book, name="book-seats"),
    path("carpool/offers/<uuid:offer_id>/still", pages.still_go, name="still-go"),
    path("carpool/offers/<uuid:offer_id>/call-off", pages.call_off, name="call-off-ride"),
    path("carpool/stops/<uuid:stop_id>/wait", pages.wait_at, name="wait-at"),
    path("carpool/waits/<uuid:request_id>", pages.wait, name="ride-wait"),
    path("carpool/waits/<uuid:request_id>/take", pages.take, name="take-rider"),
    path("carpool/requests/<uuid:request_id>", pages.request_, name="ride-request"),
    path("carpool/requests/<uuid:request_id>/withdraw", pages.withdraw, name="withdraw-request"),
    path("carpool/bookings/<uuid:booking_id>/answer", pages.answer, name="answer-booking"),
    path("carpool/bookings/<uuid:booking_id>/cancel", pages.cancel_booking, name="cancel-booking"),
    path("carpool/bookings/<uuid:booking_id>/feedback", pages.feedback, name="ride-feedback"),
    path("villages/<slug:v>/rides/feedback", pages.all_feedback, name="rides-feedback"),
    path("carpool/feedback/<uuid:feedback_id>/settle", pages.settle, name="settle-feedback"),
    path("carpool/bookings/<uuid:booking_id>/<slug:step>", pages.step, name="booking-step"),
]
