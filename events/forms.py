"""What people fill in about events."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from village.core.forms import ClockField, DayField, LineField, TextField

PARTY_MAX = 50
PLACES_MAX = 100_000


class EventForm(forms.Form):
    """Ask what takes place, when and where."""

    title = LineField(label=_("What is it?"))
    text = TextField(label=_("Tell a little more"))
    day = DayField(label=_("On which day?"))
    begins = ClockField(label=_("From"))
    ends = ClockField(label=_("Until"))
    place = LineField(label=_("Where?"))
    capacity = forms.IntegerField(
        label=_("For how many people?"),
        help_text=_("Leave this empty when there is room for everybody."),
        min_value=1,
        max_value=PLACES_MAX,
        required=False,
    )


class AttendanceForm(forms.Form):
    """Ask with how many people somebody comes."""

    party_size = forms.IntegerField(
        label=_("How many are you?"), min_value=1, max_value=PARTY_MAX, initial=1
    )
    needs_lift = forms.BooleanField(label=_("I need a lift"), required=False)
