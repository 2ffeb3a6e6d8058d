"""What a volunteer fills in when she begins to act for somebody."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from village.acting.models import Place
from village.core.forms import LineField


class SessionForm(forms.Form):
    """Ask where the two are, what for, and for the code that shows that the person is there."""

    place = forms.ChoiceField(
        label=_("Where are you?"),
        choices=Place.choices,
        initial=Place.DESK,
        widget=forms.RadioSelect,
        help_text=_("On the phone you can read and prepare. Sending is for the desk."),
    )
    purpose = LineField(label=_("What is it about, in a few words?"))
    code = LineField(
        label=_("A code from the person's card, or her PIN"),
        help_text=_(
            "Each code of the card is good for one time. A PIN she types in herself, at the desk."
        ),
        widget=forms.TextInput(attrs={"autocomplete": "off", "inputmode": "numeric"}),
    )
