"""What people fill in for the town hall."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from village.core.forms import LineField, TextField
from village.messaging.models import Department


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


def _choices(department: Department) -> tuple[str, list[tuple[str, str]]]:
    categories = sorted(department.categories.all(), key=lambda each: each.name)
    return department.name, [
        *((f"{department.pk}/{each.pk}", each.name) for each in categories),
        (str(department.pk), _("Something else") if categories else department.name),
    ]
