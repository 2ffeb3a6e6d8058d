"""What people fill in for the town hall."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from village.core.forms import LineField, TextField
from village.core.geo import Point
from village.messaging.models import Category, Department

KINDS_MAX = 50
KIND_MAX = 120


class CaseForm(forms.Form):
    """Ask what somebody wants; ``about`` names a department, or one and its category: ``a/b``."""

    about = forms.ChoiceField(label=gettext_lazy("What is it about?"))
    title = LineField(label=gettext_lazy("In a few words"))
    text = TextField(label=gettext_lazy("What would you like to tell us?"))

    def __init__(self, departments: Iterable[Department], data: dict[str, str] | None) -> None:
        super().__init__(data)
        field = self.fields["about"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [("", _("Please choose")), *map(_choices, departments)]

    def department_and_category(self) -> tuple[UUID, UUID | None]:
        """Give what was chosen; only what was offered can have been."""
        department, _slash, category = self.cleaned_data["about"].partition("/")
        return UUID(department), UUID(category) if category else None


class MessageForm(forms.Form):
    """Ask for something to say in a case."""

    text = TextField(label=gettext_lazy("Your message"))


class ReferralForm(forms.Form):
    """Ask for whom a case is, where it is not for this department."""

    referral = TextField(
        label=gettext_lazy("For whom is it?"),
        help_text=gettext_lazy("Who has written to us reads this."),
    )


class DefectForm(forms.Form):
    """Ask what is broken and where; the point is what a device says, if she lets it."""

    category = forms.ChoiceField(label=gettext_lazy("What is broken?"))
    place = LineField(
        label=gettext_lazy("Where is it?"),
        help_text=gettext_lazy("A street and a number, or what is close by."),
        required=False,
    )
    lat = forms.FloatField(min_value=-90, max_value=90, required=False, widget=forms.HiddenInput)
    lng = forms.FloatField(min_value=-180, max_value=180, required=False, widget=forms.HiddenInput)
    text = TextField(label=gettext_lazy("What have you seen?"))

    def __init__(self, kinds: Iterable[Category], data: dict[str, str] | None) -> None:
        super().__init__(data)
        field = self.fields["category"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [("", _("Please choose")), *((str(each.pk), each.name) for each in kinds)]

    @property
    def point(self) -> Point | None:
        """Give the point, where both halves of it were sent."""
        lat, lng = self.cleaned_data["lat"], self.cleaned_data["lng"]
        return Point(lat, lng) if lat is not None and lng is not None else None

    def add_error(self, field: str | None, error: Any) -> None:
        """Write what is wrong with the point beside the words that can take its place."""
        super().add_error("place" if field in ("lat", "lng") else field, error)


class PhotoForm(forms.Form):
    """Ask for a photo."""

    file = forms.FileField(
        label=gettext_lazy("Photo"),
        help_text=gettext_lazy("JPEG, PNG or WebP, at most 12 MB."),
        widget=forms.FileInput(attrs={"accept": "image/jpeg,image/png,image/webp"}),
    )


class DefectKindsForm(forms.Form):
    """Ask what residents report as broken, one on each line."""

    categories = TextField(
        label=gettext_lazy("What can be reported here"),
        help_text=gettext_lazy("One on each line: a street light, a hole in the road."),
        required=False,
    )

    def clean_categories(self) -> list[str]:
        """Read the lines."""
        text: str = self.cleaned_data["categories"]
        names = list(dict.fromkeys(line.strip() for line in text.splitlines() if line.strip()))
        if len(names) > KINDS_MAX or any(len(name) > KIND_MAX for name in names):
            raise forms.ValidationError(_("Please write at most fifty short lines."))
        return names


def _choices(department: Department) -> tuple[str, list[tuple[str, str]]]:
    categories = sorted(department.categories.all(), key=lambda each: each.name)
    return department.name, [
        *((f"{department.pk}/{each.pk}", each.name) for each in categories),
        (str(department.pk), _("Something else") if categories else department.name),
    ]
