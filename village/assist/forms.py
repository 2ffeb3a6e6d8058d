"""What a coordinator fills in when somebody gives the centre a mandate."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from village.assist.models import ConsentKind, Term
from village.assist.words import SCOPES
from village.core.actor import Scope
from village.core.forms import DayField, LineField
from village.residents.models import Resident

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
