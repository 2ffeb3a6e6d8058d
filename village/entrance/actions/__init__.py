"""The verbs of the entrance: the only code that lets people in and says how sure one is."""

from __future__ import annotations

from village.entrance.actions.asking import AlreadyKnown, ask_for_letter
from village.entrance.actions.cards import (
    CardRefused,
    PrintedCard,
    forget_wrong_pins,
    let_in_at_desk,
    open_with_card,
    print_card,
    revoke_card,
)
from village.entrance.actions.endings import end_ways_in
from village.entrance.actions.invitations import (
    LETTERS_MAX,
    CodeNotGood,
    Letter,
    accept_invitation,
    invite_household,
    print_letters,
    withdraw_invitation,
)
from village.entrance.actions.recovering import (
    RecoveryNotGood,
    RecoveryWaits,
    begin_recovery,
    come_back,
    forget_recoveries,
    look_at_recovery,
    stop_recovery,
    vouch_for_return,
)
from village.entrance.actions.residency import (
    AlreadyVouched,
    check_at_desk,
    check_introduced,
    forget_introductions,
    introduce_oneself,
    look_at,
    vouch_for,
)
from village.entrance.actions.texting import send_due_texts, send_text, write_code
from village.entrance.envelopes import PEOPLE_MAX, Household

__all__ = [
    "LETTERS_MAX",
    "PEOPLE_MAX",
    "AlreadyKnown",
    "AlreadyVouched",
    "CardRefused",
    "CodeNotGood",
    "Household",
    "Letter",
    "PrintedCard",
    "RecoveryNotGood",
    "RecoveryWaits",
    "accept_invitation",
    "ask_for_letter",
    "begin_recovery",
    "check_at_desk",
    "check_introduced",
    "come_back",
    "end_ways_in",
    "forget_introductions",
    "forget_recoveries",
    "forget_wrong_pins",
    "introduce_oneself",
    "invite_household",
    "let_in_at_desk",
    "look_at",
    "look_at_recovery",
    "open_with_card",
    "print_card",
    "print_letters",
    "revoke_card",
    "send_due_texts",
    "send_text",
    "stop_recovery",
    "vouch_for",
    "vouch_for_return",
    "withdraw_invitation",
    "write_code",
]
