"""What people fill in about themselves."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from village.core.forms import LineField, TextField
from village.residents.contacts import ADDRESS_MAX, PHONE_MAX


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
