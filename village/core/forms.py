"""The fields of the pages' forms, with the same bounds as the API's."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.core.validators import RegexValidator
from django.utils.translation import gettext_lazy as _

TEXT_MAX = 20_000
LINE_MAX = 200


class LineField(forms.CharField):
    """Ask for one line of text."""

    default_validators = [RegexValidator(r"\A[^\x00-\x1f]*\Z", _("Please write this on one line."))]

    def __init__(self, **options: Any) -> None:
        super().__init__(**{"max_length": LINE_MAX, **options})


class TextField(forms.CharField):
    """Ask for some paragraphs."""

    widget = forms.Textarea(attrs={"rows": 6})

    def __init__(self, **options: Any) -> None:
        super().__init__(**{"max_length": TEXT_MAX, **options})


class DayField(forms.DateField):
    """Ask for a day, in the way each device has for it."""

    widget = forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})


class ClockField(forms.TimeField):
    """Ask for a time of day."""

    widget = forms.TimeInput(format="%H:%M", attrs={"type": "time"})


def moment(day: date, clock: time, zone: ZoneInfo) -> datetime:
    """Give the moment that a day and a time of day are on the clocks of a zone."""
    return datetime.combine(day, clock, tzinfo=zone)


def span(day: date, begins: time, ends: time, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """Give two moments of which the second is not before the first: past midnight if need be."""
    last = day + timedelta(days=1) if ends <= begins else day
    return moment(day, begins, zone), moment(last, ends, zone)
