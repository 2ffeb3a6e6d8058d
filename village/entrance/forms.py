"""What people type at the entrance."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from village.core.forms import LineField

_DIGITS = {"inputmode": "numeric", "autocomplete": "off", "class": "code"}


class CodeForm(forms.Form):
    """Ask for the code of a letter or an invitation."""

    code = LineField(
        label=_("The code of your letter or invitation"),
        help_text=_("Twelve digits. Blanks between them do not matter."),
        max_length=40,
        widget=forms.TextInput(attrs=_DIGITS),
    )


class SecondLockForm(forms.Form):
    """Ask for what an app for codes shows."""

    code = LineField(
        label=_("The six digits that the app shows now"),
        max_length=12,
        widget=forms.TextInput(attrs={**_DIGITS, "autocomplete": "one-time-code"}),
    )


class LostForm(forms.Form):
    """Ask for the address or number by which the village knows somebody."""

    address = LineField(
        label=_("Your e-mail address or phone number, as the village knows it"),
        help_text=_("Also when you cannot read it any more."),
        max_length=254,
        widget=forms.TextInput(attrs={"autocomplete": "username", "autocapitalize": "off"}),
    )


class ReturnCodeForm(forms.Form):
    """Ask for the code that somebody shows who wants to come back."""

    code = LineField(
        label=_("The eight digits that your neighbour shows you"),
        max_length=40,
        widget=forms.TextInput(attrs=_DIGITS),
    )
