"""The verbs of the entrance: the only code that lets people in and says how sure one is."""

from __future__ import annotations

from village.entrance.actions.invitations import (
    LETTERS_MAX,
    PEOPLE_MAX,
    CodeNotGood,
    Household,
    Letter,
    accept_invitation,
    invite_household,
    print_letters,
    withdraw_invitation,
)
from village.entrance.actions.residency import (
    check_at_desk,
    check_introduced,
    introduce_oneself,
    look_at,
    vouch_for,
)

__all__ = [
    "LETTERS_MAX",
    "PEOPLE_MAX",
    "CodeNotGood",
    "Household",
    "Letter",
    "accept_invitation",
    "check_at_desk",
    "check_introduced",
    "introduce_oneself",
    "invite_household",
    "look_at",
    "print_letters",
    "vouch_for",
    "withdraw_invitation",
]
