"""What a coordinator fills in when somebody gives the centre a mandate."""

from __future__ import annotations

import re
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from village.assist.actions.people import Letterbox, Person
from village.assist.models import PHONE, ConsentKind, ReachedBy, Term
from village.assist.words import SCOPES
from village.core.actor import Scope
from village.core.forms import DayField, LineField
from village.residents.models import Language, Resident

TERMS = {
    Term.DAY: gettext_lazy("for one day"),
    Term.MONTH: gettext_lazy("for a month"),
    Term.HALF_YEAR: gettext_lazy("for half a year"),
    Term.YEAR: gettext_lazy("for a year, with a second yes on another day"),
}


class MandateForm(forms.Form):
    """
    Ask who lets the centre act for her, in what, for how long, and who saw her say yes.

    Nobody is listed: whoever fills this in has the person before her and knows her name.
    """

    name = LineField(label=gettext_lazy("The person's name, as the village knows it"))
    born_on = DayField(
        label=gettext_lazy("Date of birth"),
        help_text=gettext_lazy("Only needed when two people have this name."),
        required=False,
    )
    scopes = forms.MultipleChoiceField(
        label=gettext_lazy("The centre may"),
        choices=[(scope.value, words) for scope, words in SCOPES.items()],
        widget=forms.CheckboxSelectMultiple,
    )
    term = forms.TypedChoiceField(
        label=gettext_lazy("How long?"),
        choices=[(int(term), words) for term, words in TERMS.items()],
        initial=int(Term.MONTH),
        coerce=lambda value: Term(int(value)),
        widget=forms.RadioSelect,
    )
    kind = forms.ChoiceField(
        label=gettext_lazy("How did the person say yes?"),
        choices=[(ConsentKind.PAPER.value, ConsentKind.PAPER.label)],
    )
    witness = LineField(label=gettext_lazy("Who was there?"))

    def __init__(self, members: QuerySet[Resident], data: Any) -> None:
        super().__init__(data)
        self._members = members

    def clean(self) -> dict[str, Any]:
        """Find the one person who is meant."""
        given: dict[str, Any] = super().clean() or self.cleaned_data
        if "name" in given:
            found = self._members.filter(display_name__iexact=given["name"])
            if given.get("born_on"):
                found = found.filter(born_on=given["born_on"])
            people = list(found[:2])
            if len(people) == 1:
                given["person"] = people[0]
            elif people:
                self.add_error(
                    "born_on", _("Two people have this name. Please add the date of birth.")
                )
            else:
                self.add_error("name", _("Nobody of this name lives here."))
        return given

    @property
    def chosen(self) -> list[Scope]:
        """Give what the mandate is to cover."""
        return [Scope(value) for value in self.cleaned_data["scopes"]]


class PersonForm(forms.Form):
    """Ask for what a centre needs to know of somebody who comes to the desk; no more than that."""

    display_name = LineField(label=gettext_lazy("Name"), max_length=80)
    born_on = DayField(label=gettext_lazy("Date of birth"))
    language = forms.ChoiceField(
        label=gettext_lazy("Which language shall we speak?"), choices=Language.choices
    )
    large_print = forms.BooleanField(
        label=gettext_lazy("Large print"), initial=True, required=False
    )
    first_way = forms.ChoiceField(
        label=gettext_lazy("How shall we reach her first?"),
        choices=ReachedBy.choices,
        initial=ReachedBy.PRINT.value,
        widget=forms.RadioSelect,
    )
    second_way = forms.ChoiceField(
        label=gettext_lazy("And if that does not work?"),
        choices=[("", gettext_lazy("no other way")), *ReachedBy.choices],
        required=False,
    )
    phone = LineField(
        label=gettext_lazy("Phone number"),
        help_text=gettext_lazy("With the country code, like +49 921 4711. Not needed for letters."),
        max_length=30,
        required=False,
    )
    door = LineField(
        label=gettext_lazy("Street and number"),
        help_text=gettext_lazy(
            "Where we put her letters into the box. Only who carries them sees it."
        ),
        max_length=120,
        required=False,
    )

    def clean_phone(self) -> str:
        """Give the number as the village keeps it."""
        written = re.sub(r"[\s()/.-]", "", self.cleaned_data["phone"])
        if written and not re.fullmatch(PHONE, written):
            raise forms.ValidationError(_("Please write the number with its country code."))
        return written

    @property
    def person(self) -> Person:
        """Give what was filled in."""
        given = self.cleaned_data
        ways = [ReachedBy(way) for way in (given["first_way"], given["second_way"]) if way]
        return Person(
            display_name=given["display_name"],
            born_on=given["born_on"],
            languages=[Language(given["language"])],
            large_print=given["large_print"],
            ways=ways,
            phone=given["phone"],
            letterbox=Letterbox(given["door"]) if given["door"] else None,
        )


class PinForm(forms.Form):
    """Ask for the PIN by which a person says at the desk that she is there."""

    pin = LineField(
        label=gettext_lazy("A PIN of six digits"),
        help_text=gettext_lazy("The person types it in herself, and tells nobody."),
        max_length=20,
        widget=forms.PasswordInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )


class AnswerForm(forms.Form):
    """Ask a person for her answer to exactly the text that she sees."""

    answer = forms.ChoiceField(choices=[("yes", "yes"), ("no", "no")])
    text_hash = forms.CharField(max_length=64, widget=forms.HiddenInput)
