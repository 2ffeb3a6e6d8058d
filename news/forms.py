"""What editors fill in."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from news.models import Outlet
from village.core.forms import LineField, TextField

PICTURES = "image/jpeg,image/png,image/webp"
ALT_MAX = 300


class CorrectionForm(forms.Form):
    """Ask what an article is to say."""

    title = LineField(label=_("Headline"))
    text = TextField(
        label=_("Text"),
        help_text=_("An empty line begins a new paragraph."),
        widget=forms.Textarea(attrs={"rows": 10}),
    )


class PictureForm(forms.Form):
    """Ask for a picture and what can be seen on it."""

    picture = forms.FileField(
        label=_("Picture"),
        help_text=_("JPEG, PNG or WebP, up to 12 MB. Where it was taken is removed."),
        widget=forms.FileInput(attrs={"accept": PICTURES}),
        required=False,
    )
    alt = LineField(
        label=_("What can be seen on it?"),
        help_text=_("For those who cannot see the picture."),
        max_length=ALT_MAX,
        required=False,
    )


class ArticleForm(PictureForm, CorrectionForm):
    """Ask for an article of one of the editor's outlets."""

    outlet = forms.ChoiceField(label=_("Published by"))

    field_order = ("outlet", "title", "text", "picture", "alt")

    def __init__(self, outlets: Iterable[Outlet], data: Any, files: Any) -> None:
        super().__init__(data, files)
        field = self.fields["outlet"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [(str(outlet.pk), outlet.name) for outlet in outlets]
