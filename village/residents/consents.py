"""
What a resident may agree to, and the record of it.

Nothing here is needed to live in the village. The words are part of the record: whoever changes
them raises the version, and asks again.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Final

from django.db import transaction
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from village.core.actor import Actor
from village.core.errors import DomainError, NotFound
from village.journal.actions import record
from village.residents import facts, policies
from village.residents.models import Consent, Membership

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

DIRECTORY: Final = "directory"


@dataclass(frozen=True, slots=True)
class Subject:
    """Hold what somebody can agree to, in the words of its newest version."""

    key: str
    version: int
    text: str | _StrPromise


SUBJECTS: Final = {
    DIRECTORY: Subject(
        DIRECTORY,
        1,
        gettext_lazy(
            "My neighbours may find my name in the list of the people of my village. Nobody outside"
            " the village sees it. I can take this back at any time."
        ),
    )
}


class OtherWords(DomainError):
    """The words have changed since they were read."""

    code = "consents.other_words"

    def __init__(self) -> None:
        super().__init__(_("The words have changed. Please read them again."))


def subject_or_404(key: str) -> Subject:
    """
    Find what somebody can agree to.

    :raises NotFound: if there is nothing of this name
    """
    if key not in SUBJECTS:
        raise NotFound
    return SUBJECTS[key]


def consents_of(by: Actor) -> dict[str, Consent]:
    """Give what the actor agrees to now, by subject."""
    current = Consent.objects.filter(resident=by.principal_id, withdrawn_at=None)
    return {consent.subject: consent for consent in current}


@transaction.atomic
def give_consent(*, by: Actor, subject: str, version: int, at: datetime) -> Consent:
    """
    Agree to something; a second call with the same version changes nothing.

    :raises NotFound: if there is nothing of this name to agree to
    :raises OtherWords: if the version is not the newest
    :raises OutOfScope: in assisted mode
    """
    policies.may_consent(by).enforce()
    offered = subject_or_404(subject)
    if version != offered.version:
        raise OtherWords
    held = Consent.objects.select_for_update().filter(
        resident=by.principal_id, subject=subject, withdrawn_at=None
    )
    known = held.first()
    if known is not None and known.version == version:
        return known
    # An older version is over with the newer one.
    held.update(withdrawn_at=at)
    given = Consent.objects.create(
        resident_id=by.principal_id,
        subject=subject,
        version=version,
        language=(get_language() or "en")[:2],
        text=str(offered.text),
        given_at=at,
    )
    home = _home(by)
    if home is not None:
        record(
            facts.ConsentGiven(
                village=home, resident_id=by.principal_id, subject=subject, version=version
            ),
            by=by,
            at=at,
        )
    return given


@transaction.atomic
def withdraw_consent(*, by: Actor, subject: str, at: datetime) -> None:
    """
    Agree no longer.

    :raises NotFound: if the actor has not agreed to anything of this name
    :raises OutOfScope: in assisted mode
    """
    policies.may_consent(by).enforce()
    held = Consent.objects.filter(resident=by.principal_id, subject=subject, withdrawn_at=None)
    if not held.update(withdrawn_at=at):
        raise NotFound
    home = _home(by)
    if home is not None:
        record(
            facts.ConsentWithdrawn(village=home, resident_id=by.principal_id, subject=subject),
            by=by,
            at=at,
        )


def _home(by: Actor) -> str | None:
    homes = Membership.objects.current().filter(resident=by.principal_id).order_by("village")
    return homes.values_list("village", flat=True).first()
