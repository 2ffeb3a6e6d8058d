"""The settings of a village as typed data: what is stored is what is declared here."""

from __future__ import annotations

import re
from typing import Annotated
from zoneinfo import available_timezones

from django.utils.translation import gettext as _
from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from village.core.colours import is_readable
from village.residents.models import Language

_COLOUR = re.compile(r"#[0-9a-f]{6}")
GREEN = "#1d5e42"


def _colour(value: str) -> str:
    value = value.lower()
    if not _COLOUR.fullmatch(value):
        raise ValueError(_("A colour is written like #1d5e42."))
    if not is_readable(value):
        raise ValueError(_("This colour is too light to be read. Please choose a darker one."))
    return value


def _zone(value: str) -> str:
    if value not in available_timezones():
        raise ValueError(_("A time zone is written like Europe/Berlin."))
    return value


Short = Annotated[str, Field(min_length=1, max_length=80, pattern=r"^[^\x00-\x1f]*$")]
Colour = Annotated[str, AfterValidator(_colour)]
Zone = Annotated[str, AfterValidator(_zone)]


class Contact(BaseModel):
    """Whom people ask in person: with her a village begins to use this, or does not."""

    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)

    name: Short
    reach: Annotated[str, Field(min_length=1, max_length=200, pattern=r"^[^\x00-\x1f]*$")]


class VillageSettings(BaseModel):
    """What stewards choose for their village; anything else is refused."""

    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)

    name: Short
    language: Language
    languages: list[Language] = Field(default_factory=list, max_length=len(Language))
    zone: Zone
    colour: Colour = GREEN
    welcome: Annotated[str, Field(max_length=500, pattern=r"^[^\x00]*$")] = ""
    contact: Contact | None = None
    # For how many days it is known who answered what in a roll call.
    roll_call_days: Annotated[int, Field(ge=1, le=90)] = 14
    # Whether people may choose to be shown to their neighbours by their whole name.
    full_names: bool = False
