"""What people fill in about themselves, and how a person is named where she is not listed."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from village.core.forms import LineField, TextField
from village.residents.contacts import ADDRESS_MAX, PHONE_MAX
from village.residents.models import Resident


class ContactForm(forms.Form):
    """Ask where the town hall finds somebody; either may be empty, and neither left out."""

    address = TextField(
        label=gettext_lazy("Address"),
        max_length=ADDRESS_MAX,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    phone = LineField(
        label=gettext_lazy("Phone number"),
        max_length=PHONE_MAX,
        required=False,
        widget=forms.TextInput(attrs={"inputmode": "tel"}),
    )

    def clean(self) -> dict[str, Any]:
        """Refuse a form without one of the two: whoever says yes to it would not see it go."""
        if not self.fields.keys() <= self.data.keys():
            raise forms.ValidationError(_("Please send the whole form."))
        given: dict[str, Any] = super().clean() or self.cleaned_data
        return given


class PersonField(LineField):
    """Ask for one person among some, by her name or her e-mail address."""

    people: QuerySet[Resident] = Resident.objects.none()

    def __init__(self, **options: Any) -> None:
        super().__init__(
            **{
                "label": gettext_lazy("Name or e-mail address"),
                "help_text": gettext_lazy("As the village knows the person."),
                **options,
            }
        )

    def clean(self, value: Any) -> Resident:
        """Find the one person who is meant."""
        name = super().clean(value)
        wanted = {"email__iexact": name} if "@" in name else {"display_name__iexact": name}
        people = list(self.people.filter(**wanted)[:2])
        if not people:
            raise forms.ValidationError(_("Nobody of this name lives here."))
        if len(people) > 1:
            raise forms.ValidationError(
                _("Two people have this name. Please write the e-mail address.")
            )
        return people[0]
