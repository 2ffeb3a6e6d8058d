"""What a steward fills in who wants to share something."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from village.federation.models import Shared
from village.residents.models import Village

DIRECTIONS = (
    ("reads", _("We show theirs to our people")),
    ("is-read", _("They may show ours to their people")),
)


class SharingForm(forms.Form):
    """Ask which village, what, and in which direction."""

    other = forms.ModelChoiceField(label=_("The other village"), queryset=Village.objects.none())
    what = forms.ChoiceField(label=_("What"), choices=Shared.choices)
    direction = forms.ChoiceField(label=_("Who shows it"), choices=DIRECTIONS)

    def __init__(self, village: Village, data: Any = None) -> None:
        super().__init__(data)
        other = self.fields["other"]
        assert isinstance(other, forms.ModelChoiceField)
        other.queryset = Village.objects.exclude(pk=village.pk).order_by("name")
