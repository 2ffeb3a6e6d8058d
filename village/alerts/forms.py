"""What the town hall fills in to warn, and everybody to say how they are."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from village.alerts.actions import Area, Danger
from village.alerts.cap import Category, Certainty, ResponseType, Severity, Urgency
from village.alerts.models import Alert, Condition, RollCall
from village.alerts.wordings import DRILL, Template, Text
from village.core.forms import LineField, TextField
from village.residents.models import Language, Neighbourhood

SEVERITIES = (
    (Severity.EXTREME.value, gettext_lazy("extreme: it endangers lives")),
    (Severity.SEVERE.value, gettext_lazy("severe: it may endanger lives")),
    (Severity.MODERATE.value, gettext_lazy("moderate: it can be muted")),
    (Severity.MINOR.value, gettext_lazy("minor: it can be muted")),
)
CONDITIONS = (
    (Condition.SAFE.value, gettext_lazy("I am safe")),
    (Condition.NEEDS_HELP.value, gettext_lazy("I need help")),
    (Condition.WITH_OTHERS.value, gettext_lazy("I am with other people")),
    (Condition.AT_SHELTER.value, gettext_lazy("I am at a shelter")),
)
CONDITIONS_OF_OTHERS = (
    (Condition.SAFE.value, gettext_lazy("safe")),
    (Condition.NEEDS_HELP.value, gettext_lazy("needs help")),
    (Condition.WITH_OTHERS.value, gettext_lazy("with other people")),
    (Condition.AT_SHELTER.value, gettext_lazy("at a shelter")),
)
_FIELDS = ("headline", "description", "instruction")


class DangerForm(forms.Form):
    """Ask what is true this time; it begins with a template, or with what was told before."""

    severity = forms.ChoiceField(label=gettext_lazy("How bad is it?"), choices=SEVERITIES)
    hours = forms.IntegerField(
        label=gettext_lazy("For how many hours?"), min_value=1, max_value=7 * 24
    )
    near = forms.MultipleChoiceField(
        label=gettext_lazy("Only in these parts of the village"),
        help_text=gettext_lazy("Tick nothing to warn everybody."),
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    drill = forms.BooleanField(label=gettext_lazy("This is only a drill"), required=False)

    def __init__(
        self,
        begin: Template | Alert,
        neighbourhoods: Iterable[Neighbourhood],
        data: Any = None,
    ) -> None:
        self._begin = begin
        self._texts = {text["language"][:2]: text for text in begin.texts}
        super().__init__(data, initial=self._initial())
        near = self.fields["near"]
        assert isinstance(near, forms.MultipleChoiceField)
        near.choices = [(str(each.pk), each.name) for each in neighbourhoods]
        for language in Language:
            self._ask_in(language)

    def languages(self) -> list[tuple[str, list[forms.BoundField]]]:
        """Give the fields of each language, for the template."""
        return [
            (language.label, [self[f"{name}_{language.value}"] for name in _FIELDS])
            for language in Language
        ]

    def clean(self) -> dict[str, Any]:
        """Ask for a headline in at least one language."""
        given: dict[str, Any] = super().clean() or self.cleaned_data
        if not any(given.get(f"headline_{language.value}") for language in Language):
            raise forms.ValidationError(_("Please write a headline in one language at least."))
        return given

    def danger(self, at: datetime) -> Danger:
        """Give what is to be said."""
        given, begin = self.cleaned_data, self._begin
        return Danger(
            category=Category(begin.category),
            response=ResponseType(begin.response) if begin.response else None,
            urgency=Urgency(begin.urgency),
            severity=Severity(given["severity"]),
            certainty=Certainty(begin.certainty),
            texts=[self._text(language) for language in Language if self._has(language)],
            expires_at=at + timedelta(hours=given["hours"]),
            is_drill=given["drill"],
            area=Area(neighbourhoods=[UUID(each) for each in given["near"]]),
        )

    def _initial(self) -> dict[str, Any]:
        shown: dict[str, Any] = {"severity": self._begin.severity, "hours": 12}
        if isinstance(self._begin, Alert):
            near = [str(each.pk) for each in self._begin.neighbourhoods.all()]
            shown |= {"near": near, "drill": self._begin.is_drill}
        else:
            shown["hours"] = int(self._begin.lasts.total_seconds() // 3600)
        for language, text in self._texts.items():
            mark = f"{DRILL.get(language, '')}: "
            shown |= {f"{name}_{language}": text[name].removeprefix(mark) for name in _FIELDS}
        return shown

    def _ask_in(self, language: Language) -> None:
        self.fields |= {
            f"headline_{language.value}": LineField(
                label=gettext_lazy("In one sentence"), required=False
            ),
            f"description_{language.value}": TextField(
                label=gettext_lazy("What happens"), required=False, max_length=5_000
            ),
            f"instruction_{language.value}": TextField(
                label=gettext_lazy("What people should do"), required=False, max_length=5_000
            ),
        }

    def _has(self, language: Language) -> bool:
        return bool(self.cleaned_data[f"headline_{language.value}"])

    def _text(self, language: Language) -> Text:
        known = self._texts.get(language.value) or next(iter(self._texts.values()))
        said = {name: self.cleaned_data[f"{name}_{language.value}"] for name in _FIELDS}
        mark = f"{DRILL[language.value]}: "
        event = known["event"].removeprefix(mark)
        return {"language": language.value, "event": event, **said}


class AnswerForm(forms.Form):
    """Ask how somebody is."""

    condition = forms.ChoiceField(
        label=gettext_lazy("How are you?"), choices=CONDITIONS, widget=forms.RadioSelect
    )
    shelter = forms.ChoiceField(label=gettext_lazy("Which shelter?"), required=False)
    note = LineField(
        label=gettext_lazy("Anything we should know?"),
        help_text=gettext_lazy("Where you are, who is with you, what you need."),
        required=False,
    )
    resident = forms.UUIDField(widget=forms.HiddenInput, required=False)

    def __init__(self, roll: RollCall, data: Any = None) -> None:
        super().__init__(data)
        field = self.fields["shelter"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [("", "—"), *((each, each) for each in roll.shelters)]


class RollCallForm(forms.Form):
    """Ask where people gather."""

    shelters = TextField(
        label=gettext_lazy("Where do people gather?"),
        help_text=gettext_lazy("One place on each line."),
        widget=forms.Textarea(attrs={"rows": 3}),
        required=False,
        max_length=2_000,
    )

    def clean_shelters(self) -> list[str]:
        """Give the places."""
        lines = [line.strip() for line in self.cleaned_data["shelters"].splitlines()]
        places = [line for line in lines if line]
        if len(places) > 20 or any(len(place) > 120 for place in places):
            raise forms.ValidationError(_("Please write at most twenty short names."))
        return places
