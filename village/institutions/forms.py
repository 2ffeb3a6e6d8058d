"""What a steward fills in who has looked at an institution."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, time
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django import forms
from django.utils.translation import gettext_lazy as _

from village.core.forms import DayField
from village.institutions.queries import Institution


class BadgeForm(forms.Form):
    """Ask which institution was looked at, and how long that counts."""

    institution = forms.ChoiceField(label=_("Whom you have looked at"))
    until = DayField(label=_("Until"), help_text=_("At most two years from now."))

    def __init__(self, institutions: Iterable[Institution], zone: ZoneInfo, data: Any) -> None:
        super().__init__(data)
        self._zone = zone
        field = self.fields["institution"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [
            (str(each.id), f"{each.place.name} ({each.kind.label})") for each in institutions
        ]

    @property
    def chosen(self) -> UUID:
        """Give the institution."""
        return UUID(self.cleaned_data["institution"])

    @property
    def ends_at(self) -> datetime:
        """Give the end of the day, on the village's clock."""
        day = self.cleaned_data["until"]
        return datetime.combine(day, time.max, tzinfo=self._zone).astimezone(UTC)
