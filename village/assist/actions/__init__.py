"""The verbs of assisted mode."""

from __future__ import annotations

from village.assist.actions.cards import issue_card, prove_presence, spend_code, stop_with_code
from village.assist.actions.centres import (
    change_centre,
    close_centre,
    end_accreditation,
    open_centre,
    propose_volunteer,
    resume_volunteer,
    stay_awake,
    suspend_volunteer,
    vouch_for,
)
from village.assist.actions.consents import Proof, give_consent
from village.assist.actions.endings import (
    end_with_membership,
    freeze,
    freeze_for,
    resume_mandate,
    revoke_mandate,
    revoke_scope,
    suspend_mandate,
)
from village.assist.actions.mandates import (
    assign_volunteer,
    grant_mandate,
    propose_mandate,
    put_forward,
    release_volunteer,
)
from village.assist.actions.people import register_person, set_reach
from village.assist.actions.pins import drop_pin, set_pin

__all__ = [
    "Proof",
    "assign_volunteer",
    "change_centre",
    "close_centre",
    "drop_pin",
    "end_accreditation",
    "end_with_membership",
    "freeze",
    "freeze_for",
    "give_consent",
    "grant_mandate",
    "issue_card",
    "open_centre",
    "propose_mandate",
    "propose_volunteer",
    "prove_presence",
    "put_forward",
    "register_person",
    "release_volunteer",
    "resume_mandate",
    "resume_volunteer",
    "revoke_mandate",
    "revoke_scope",
    "set_pin",
    "set_reach",
    "spend_code",
    "stay_awake",
    "stop_with_code",
    "suspend_mandate",
    "suspend_volunteer",
    "vouch_for",
]
