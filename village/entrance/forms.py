"""What people type at the entrance."""

from __future__ import annotations

import re
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from village.core.forms import LINE_MAX, LineField, TextField
from village.entrance.actions import LETTERS_MAX, PEOPLE_MAX, Household
from village.entrance.envelopes import LINES_MAX
from village.entrance.models import AskedLetter
from village.residents.forms import PersonField
from village.residents.models import Resident

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
    """Ask for the code that a neighbour shows: a new one, or one who wants to come back."""

    code = LineField(
        label=_("The eight digits that your neighbour shows you"),
        max_length=40,
        widget=forms.TextInput(attrs=_DIGITS),
    )


class InvitationForm(forms.Form):
    """Ask for how many people of one's household an invitation is."""

    people = forms.IntegerField(
        label=_("How many people may come in by it"),
        min_value=1,
        max_value=PEOPLE_MAX,
        initial=1,
    )


class LettersForm(forms.Form):
    """Ask for the households that get a letter, as one text: whoever fills it in has a list."""

    addresses = TextField(
        label=_("The households"),
        help_text=_(
            "Each as it stands on the envelope, with an empty line between two. Where several "
            "people live together, their number is the last line."
        ),
        max_length=100_000,
        required=False,
    )
    asked = forms.ModelMultipleChoiceField(AskedLetter.objects.none(), required=False)

    def __init__(self, asked: QuerySet[AskedLetter], data: Any = None) -> None:
        super().__init__(data)
        choice = self.fields["asked"]
        assert isinstance(choice, forms.ModelMultipleChoiceField)
        choice.queryset = asked

    def clean_addresses(self) -> str:
        """Read the households."""
        said: str = self.cleaned_data["addresses"]
        blocks = [
            each.strip().splitlines() for each in re.split(r"\n\s*\n", said.replace("\r", ""))
        ]
        self.households = [_household(lines) for lines in blocks if lines]
        if len(self.households) > LETTERS_MAX:
            raise forms.ValidationError(
                gettext("At most %(most)s letters at once.") % {"most": LETTERS_MAX}
            )
        return said

    def clean(self) -> dict[str, Any]:
        """Refuse to print nothing."""
        given: dict[str, Any] = super().clean() or self.cleaned_data
        if not self.errors and not self.households and not given.get("asked"):
            self.add_error("addresses", gettext("Please write down a household."))
        return given


class AskForLetterForm(forms.Form):
    """Ask where a letter is to go."""

    address = TextField(
        label=_("Your address"),
        help_text=_("As it stands below your name on an envelope."),
        max_length=LINE_MAX * LINES_MAX,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3, "autocomplete": "street-address"}),
    )
    people = forms.IntegerField(
        label=_("How many people live there who want to come in"),
        min_value=1,
        max_value=PEOPLE_MAX,
        initial=1,
        required=False,
    )


class CardForm(forms.Form):
    """Ask for whom a card is, at the desk."""

    name = PersonField()

    def __init__(self, people: QuerySet[Resident], data: Any = None) -> None:
        super().__init__(data)
        person = self.fields["name"]
        assert isinstance(person, PersonField)
        person.people = people


def _household(lines: list[str]) -> Household:
    *address, last = ["".join(filter(str.isprintable, each)).strip() for each in lines]
    is_number = bool(address) and last.isascii() and last.isdecimal() and len(last) < 4
    people = int(last) if is_number else None
    address = address if people is not None else [*address, last]
    if people is not None and not 1 <= people <= PEOPLE_MAX:
        raise forms.ValidationError(
            gettext("In %(house)s live 1 to %(most)s people.")
            % {"house": address[0], "most": PEOPLE_MAX}
        )
    if len(address) > LINES_MAX or any(len(each) > LINE_MAX for each in address):
        raise forms.ValidationError(
            gettext("The address of %(house)s is too long for an envelope.")
            % {"house": address[0][:40]}
        )
    return Household(tuple(address), people or 1)
