"""Where the town hall finds somebody, which is never where she is told of things."""

from __future__ import annotations

from django.db import models

from village.residents.models.people import Resident


class ContactDetails(models.Model):
    """
    Hold the address and the number that somebody has left with the town hall.

    Nothing is sent there, nobody is warned there, and nobody signs in with it: letters, calls and
    codes go where her own row and her own order of ways say (docs/decisions/0024). ``phone`` is in
    E.164, ``via_helper`` says that a helper wrote it down last.
    """

    resident = models.OneToOneField(
        Resident, models.CASCADE, related_name="contact_details", primary_key=True
    )
    address = models.TextField(blank=True)
    phone = models.CharField(max_length=20, blank=True)
    via_helper = models.BooleanField(default=False)
    changed_at = models.DateTimeField(null=True)

    @property
    def is_empty(self) -> bool:
        """Tell whether she has left nothing there."""
        return not self.address and not self.phone
