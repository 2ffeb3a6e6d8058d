"""What happens to centres, volunteers, mandates and the people who give them."""

from __future__ import annotations

from uuid import UUID

from pydantic import BaseModel

from village.journal.facts import Fact


class CentreOpened(Fact, kind="assist.centre_opened"):
    """The village opened a community centre."""

    centre: UUID


class CentreChanged(Fact, kind="assist.centre_changed"):
    """What is known of a centre, or what it may do, was changed."""

    centre: UUID


class CentreClosed(Fact, kind="assist.centre_closed"):
    """A centre closed, and with it everything that was done through it."""

    centre: UUID


class VolunteerProposed(Fact, kind="assist.volunteer_proposed"):
    """A coordinator proposed a trained volunteer."""

    accreditation: UUID
    centre: UUID
    volunteer: UUID


class VolunteerVouchedFor(Fact, kind="assist.volunteer_vouched_for"):
    """A member said that she trusts a volunteer; with the second one she may help."""

    accreditation: UUID
    centre: UUID
    volunteer: UUID
    is_accredited: bool


class AccreditationChanged(Fact, kind="assist.accreditation_changed"):
    """A volunteer was suspended, let back in, woken up or thanked and let go."""

    accreditation: UUID
    centre: UUID
    volunteer: UUID
    status: str


class PersonRegistered(Fact, kind="assist.person_registered"):
    """A centre registered somebody who needs nothing digital."""

    centre: UUID
    person: UUID


class ReachChanged(Fact, kind="assist.reach_changed"):
    """How somebody wants to be reached was changed."""

    person: UUID


class MandateFact(BaseModel):
    """Name the mandate that something happened to."""

    mandate: UUID
    centre: UUID
    person: UUID


class MandateProposed(MandateFact, Fact, kind="assist.mandate_proposed"):
    """Somebody of a centre drafted a mandate."""


class MandatePutForward(MandateFact, Fact, kind="assist.mandate_put_forward"):
    """A coordinator put a mandate before the person, in words that no longer change."""


class ConsentRecorded(MandateFact, Fact, kind="assist.consent_recorded"):
    """A person said yes to a long mandate for the first of two times."""


class MandateDeclined(MandateFact, Fact, kind="assist.mandate_declined"):
    """A person did not clearly say yes."""


class MandateGranted(MandateFact, Fact, kind="assist.mandate_granted"):
    """A person lets a centre act for her, from now on."""


class MandateNarrowed(MandateFact, Fact, kind="assist.mandate_narrowed"):
    """One thing was taken out of a mandate."""

    scope: str


class MandateSuspended(MandateFact, Fact, kind="assist.mandate_suspended"):
    """A coordinator stopped a mandate for the time being."""


class MandateResumed(MandateFact, Fact, kind="assist.mandate_resumed"):
    """A coordinator let a suspended mandate go on."""


class MandateRevoked(MandateFact, Fact, kind="assist.mandate_revoked"):
    """A mandate was ended before its time; ``why`` says how that came."""

    why: str = "revoked"


class VolunteerAssigned(MandateFact, Fact, kind="assist.volunteer_assigned"):
    """A volunteer was named to carry out a mandate."""

    volunteer: UUID


class VolunteerReleased(MandateFact, Fact, kind="assist.volunteer_released"):
    """A volunteer no longer carries out a mandate."""

    volunteer: UUID


class EverythingFrozen(Fact, kind="assist.everything_frozen"):
    """A person stopped everything, and nothing new can be begun for three days."""

    person: UUID


class CardIssued(Fact, kind="assist.card_issued"):
    """A person was given a printed card; the one before no longer works."""

    card: UUID
    person: UUID


class CardEnded(Fact, kind="assist.card_ended"):
    """A card no longer works."""

    card: UUID
    person: UUID


class PinChanged(Fact, kind="assist.pin_changed"):
    """A person has another PIN for the desk, or none any more."""

    person: UUID


MANDATE_FACTS: tuple[type[Fact], ...] = (
    MandateProposed,
    MandatePutForward,
    ConsentRecorded,
    MandateDeclined,
    MandateGranted,
    MandateNarrowed,
    MandateSuspended,
    MandateResumed,
    MandateRevoked,
)
