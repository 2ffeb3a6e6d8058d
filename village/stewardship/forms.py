"""What a steward fills in."""

from __future__ import annotations

from datetime import UTC, datetime, time
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy
from pydantic import ValidationError

from village.core.forms import DayField, LineField, TextField
from village.residents.forms import PersonField
from village.residents.models import Language, Resident, Role, Village
from village.residents.places import OF_THE_VILLAGE, places_of
from village.stewardship.settings import VillageSettings


class RoleForm(forms.Form):
    """Ask who gets which role. Nobody is listed: whoever fills this in knows the person."""

    name = PersonField()
    role = forms.ChoiceField(label=gettext_lazy("Role"))
    until = DayField(
        label=gettext_lazy("Until"),
        help_text=gettext_lazy("Leave this empty if it has no end."),
        required=False,
    )

    def __init__(self, village: Village, members: QuerySet[Resident], data: Any) -> None:
        super().__init__(data)
        self._zone = village.tzinfo
        person = self.fields["name"]
        assert isinstance(person, PersonField)
        person.people = members
        field = self.fields["role"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = list(_choices(village.pk))

    @property
    def chosen(self) -> tuple[Role, UUID | None]:
        """Give the role, and what it is of."""
        role, _colon, of = self.cleaned_data["role"].partition(":")
        return Role(role), UUID(of) if of else None

    @property
    def ends_at(self) -> datetime | None:
        """Give the moment at which the role ends: with the day, on the village's clock."""
        return _end_of(self.cleaned_data.get("until"), self._zone)


def _end_of(day: Any, zone: ZoneInfo) -> datetime | None:
    return datetime.combine(day, time.max, tzinfo=zone).astimezone(UTC) if day else None


def _choices(village: str) -> list[tuple[str, str]]:
    found = []
    for role in Role:
        if role in OF_THE_VILLAGE:
            found.append((role.value, str(role.label)))
        elif role != Role.RESIDENT:
            for place, name in places_of(role, village).items():
                found.append((f"{role.value}:{place}", f"{role.label}: {name}"))
    return found


class SettingsForm(forms.Form):
    """Ask for the settings of the village; what they may be is said by ``VillageSettings``."""

    name = LineField(label=gettext_lazy("Name of the village"), max_length=80)
    language = forms.ChoiceField(label=gettext_lazy("Language"), choices=Language.choices)
    languages = forms.MultipleChoiceField(
        label=gettext_lazy("Languages spoken here"),
        choices=Language.choices,
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    zone = LineField(label=gettext_lazy("Time zone"), max_length=40)
    colour = LineField(
        label=gettext_lazy("Colour"),
        help_text=gettext_lazy("Such as #1d5e42. White must be readable on it."),
        max_length=7,
    )
    welcome = TextField(label=gettext_lazy("Words of welcome"), max_length=500, required=False)
    full_names = forms.BooleanField(
        label=gettext_lazy("People may be shown to their neighbours by their whole name"),
        required=False,
    )
    contact_name = LineField(
        label=gettext_lazy("Whom people can ask"), max_length=80, required=False
    )
    contact_reach = LineField(
        label=gettext_lazy("Where and when to find that person"), required=False
    )

    roll_call_days = forms.IntegerField(
        label=gettext_lazy("Days until the answers of a roll call are deleted"),
        min_value=1,
        max_value=90,
    )

    def clean(self) -> dict[str, Any]:
        """Read the settings; what cannot be is written beside its field."""
        given: dict[str, Any] = super().clean() or self.cleaned_data
        name, reach = given.get("contact_name"), given.get("contact_reach")
        values = {key: each for key, each in given.items() if not key.startswith("contact_")}
        values["contact"] = {"name": name, "reach": reach} if name or reach else None
        if self.errors:
            return given
        try:
            self.settings = VillageSettings.model_validate(values)
        except ValidationError as refused:
            for error in refused.errors():
                field = "_".join(str(part) for part in error["loc"])
                words = str(error.get("ctx", {}).get("error", error["msg"]))
                self.add_error(field if field in self.fields else None, words)
        return given

    @staticmethod
    def shown(settings: VillageSettings) -> dict[str, Any]:
        """Give what the form shows at first."""
        shown = settings.model_dump(mode="json", exclude={"contact"})
        if settings.contact is not None:
            shown |= {
                "contact_name": settings.contact.name,
                "contact_reach": settings.contact.reach,
            }
        return shown


class ArmsForm(forms.Form):
    """Ask for the coat of arms."""

    file = forms.FileField(
        label=gettext_lazy("Coat of arms"),
        help_text=gettext_lazy("A picture of at most 1 MB."),
        widget=forms.FileInput(attrs={"accept": "image/jpeg,image/png,image/webp"}),
    )
