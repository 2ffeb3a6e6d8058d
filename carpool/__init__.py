"""Rides: seats offered, wishes for a ride, and the bookings that join them."""
