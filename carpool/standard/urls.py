from __future__ import annotations

from django.urls import URLPattern, path

from carpool.standard import bookings, views

urlpatterns: list[URLPattern] = [
    path("status", views.status),
    path("driver_journeys", views.driver_journeys),
    path("passenger_journeys", views.passenger_journeys),
    path("driver_regular_trips", views.driver_regular_trips),
    path("passenger_regular_trips", views.passenger_regular_trips),
    path("bookings", bookings.bookings),
    path("bookings/<uuid:booking_id>", bookings.booking),
    path("messages", bookings.messages),
]
