"""What people fill in about rides."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from carpool.models import FeedbackKind
from carpool.places import Place
from village.core.forms import ClockField, DayField, LineField, TextField
from village.core.geo import Point

SEATS_MAX = 8
FLEXIBLE = (0, 15, 30, 60, 120)
DETOURS = (0, 5, 10, 20, 30)
WALKS = (0, 5, 10, 15)
ELSEWHERE = "elsewhere"


class JourneyForm(forms.Form):
    """
    Ask from where to where, on which day.

    Places are chosen from those the village knows. One that it does not know yet is given by
    its name and its two numbers on the map: nobody's map service is asked.
    """

    ends: ClassVar[tuple[str, ...]] = ("start", "goal")

    start = forms.ChoiceField(label=gettext_lazy("From where?"))
    start_name = LineField(label=gettext_lazy("Name of the place"), required=False)
    start_point = LineField(label=gettext_lazy("On the map"), required=False)
    goal = forms.ChoiceField(label=gettext_lazy("Where to?"))
    goal_name = LineField(label=gettext_lazy("Name of the place"), required=False)
    goal_point = LineField(label=gettext_lazy("On the map"), required=False)
    day = DayField(label=gettext_lazy("On which day?"))
    seats = forms.IntegerField(
        label=gettext_lazy("How many seats?"), min_value=1, max_value=SEATS_MAX, initial=1
    )

    def __init__(self, places: Iterable[Place], data: Any, **options: Any) -> None:
        super().__init__(data, **options)
        self._places = {str(number): place for number, place in enumerate(places)}
        choices = [
            ("", _("Please choose")),
            *((key, place.name) for key, place in self._places.items()),
            (ELSEWHERE, _("Another place")),
        ]
        for end in self.ends:
            field = self.fields[end]
            assert isinstance(field, forms.ChoiceField)
            field.choices = choices
            self.fields[f"{end}_point"].help_text = _(
                "Its latitude and longitude, such as 49.95, 11.58. Any map shows them."
            )

    def clean(self) -> dict[str, Any]:
        """Find the two places."""
        given: dict[str, Any] = super().clean() or self.cleaned_data
        for end in self.ends:
            chosen = given.get(end)
            if chosen == ELSEWHERE:
                given[f"{end}_place"] = self._elsewhere(end)
            elif chosen:
                given[f"{end}_place"] = self._places[chosen]
        return given

    def _elsewhere(self, end: str) -> Place | None:
        name = self.cleaned_data.get(f"{end}_name")
        if not name:
            self.add_error(f"{end}_name", _("Please name the place."))
        latitude, _comma, longitude = (self.cleaned_data.get(f"{end}_point") or "").partition(",")
        try:
            point = Point(float(latitude), float(longitude))
        except ValueError:
            self.add_error(f"{end}_point", _("Please give two numbers, such as 49.95, 11.58."))
            return None
        return Place(name, point) if name else None


class OfferForm(JourneyForm):
    """Ask what somebody offers who drives."""

    leaves = ClockField(label=gettext_lazy("When do you leave?"))
    flexible = forms.TypedChoiceField(
        label=gettext_lazy("Can you wait a little?"), coerce=int, initial=15
    )
    detour = forms.TypedChoiceField(
        label=gettext_lazy("How long a detour would be all right?"), coerce=int, initial=10
    )

    field_order = ("start", "goal", "day", "leaves", "seats", "flexible", "detour")

    def __init__(self, places: Iterable[Place], data: Any, **options: Any) -> None:
        super().__init__(places, data, **options)
        for name, minutes in (("flexible", FLEXIBLE), ("detour", DETOURS)):
            field = self.fields[name]
            assert isinstance(field, forms.ChoiceField)
            field.choices = [(each, _minutes(each)) for each in minutes]


class RequestForm(JourneyForm):
    """Ask what somebody needs who looks for a ride."""

    earliest = ClockField(label=gettext_lazy("Not before"))
    latest = ClockField(label=gettext_lazy("There by"))
    walk = forms.TypedChoiceField(
        label=gettext_lazy("Can you walk to a stop?"), coerce=int, initial=0, required=False
    )

    def __init__(self, places: Iterable[Place], data: Any, **options: Any) -> None:
        super().__init__(places, data, **options)
        field = self.fields["walk"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [(each, _minutes(each)) for each in WALKS]

    def clean_walk(self) -> int:
        """Ask for no walk where nothing was said of one."""
        return int(self.cleaned_data["walk"] or 0)


class WaitForm(JourneyForm):
    """Ask where somebody wants to go who waits at a stop."""

    ends: ClassVar[tuple[str, ...]] = ("goal",)
    # It begins here and now.
    start = start_name = start_point = day = None  # type: ignore[assignment]


class FeedbackForm(forms.Form):
    """Ask how a ride went, and whether two shall meet again."""

    kind = forms.ChoiceField(label=gettext_lazy("What was it?"))
    text = TextField(
        label=gettext_lazy("What happened? A few words are enough."),
        max_length=2000,
        required=False,
    )
    apart = forms.BooleanField(
        label=gettext_lazy("We shall not see each other here any more"), required=False
    )

    def __init__(self, data: Any, *, may_block: bool) -> None:
        super().__init__(data)
        kind = self.fields["kind"]
        assert isinstance(kind, forms.ChoiceField)
        kind.choices = [("", _("Please choose")), *FeedbackKind.choices]
        if not may_block:
            # Whom somebody meets no more is never decided in her name.
            del self.fields["apart"]


class BookingForm(forms.Form):
    """Ask for how many seats."""

    seats = forms.IntegerField(
        label=gettext_lazy("How many seats?"), min_value=1, max_value=SEATS_MAX, initial=1
    )
    request = forms.UUIDField(required=False)


def _minutes(number: int) -> str:
    if number == 0:
        return _("not at all")
    if number >= 60:
        hours = timedelta(minutes=number) // timedelta(hours=1)
        return _("up to an hour") if hours == 1 else _("up to %(n)d hours") % {"n": hours}
    return _("up to %(n)d minutes") % {"n": number}
