"""The index of rides by hour and cell: what may fit is found, however many rides there are."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from carpool.models.offers import RideOffer


class IndexedRide(models.Model):
    """
    Give a ride a short number, under which it is posted.

    What is posted follows from the ride's plan of that ``version``, for roads on which nobody
    gets farther through the air than ``fastest`` metres a second. ``plan`` is that plan, packed:
    whoever looks for a ride reads one row of each that may fit, and no other table.
    """

    village = models.ForeignKey(
        "residents.Village", models.CASCADE, related_name="+", db_index=False
    )
    offer = models.OneToOneField(RideOffer, models.CASCADE, related_name="indexed")
    version = models.PositiveIntegerField()
    fastest = models.FloatField()
    plan = models.BinaryField()


class RideCell(models.Model):
    """
    Say that a ride may come by in an hour and a cell, whose key is of `matching.cells`.

    It may be there from ``first`` to ``last``, in seconds of Unix time. All columns are in the
    key, so that whoever looks for a ride reads the key alone.
    """

    pk = models.CompositePrimaryKey("key", "ride_id", "first", "last")
    key = models.BigIntegerField()
    ride = models.ForeignKey(IndexedRide, models.CASCADE, related_name="cells")
    first = models.BigIntegerField()
    last = models.BigIntegerField()

    objects: ClassVar = models.Manager()
