"""What happens at the entrance."""

from __future__ import annotations

from uuid import UUID

from village.journal.facts import Fact


class LetterAsked(Fact, kind="entrance.letter_asked"):
    """Somebody asked for a letter with a code to where she lives."""

    letter: UUID
    resident: UUID


class LettersPrinted(Fact, kind="entrance.letters_printed"):
    """Codes were printed for the households of the village."""

    batch: UUID
    letters: int


class HouseholdInvited(Fact, kind="entrance.household_invited"):
    """Somebody invited her household."""

    invitation: UUID
    people: int


class InvitationWithdrawn(Fact, kind="entrance.invitation_withdrawn"):
    """An invitation lets nobody in any more."""

    invitation: UUID


class InvitationAccepted(Fact, kind="entrance.invitation_accepted"):
    """Somebody came in by an invitation."""

    invitation: UUID
    resident: UUID


class ResidencyRaised(Fact, kind="entrance.residency_raised"):
    """The village is surer now that somebody lives there."""

    resident: UUID
    level: int


class VouchGiven(Fact, kind="entrance.vouch_given"):
    """A neighbour stood up for somebody."""

    resident: UUID
    vouch: UUID


class CardPrinted(Fact, kind="entrance.card_printed"):
    """Somebody was given a sign-in card; an older one died."""

    card: UUID
    resident: UUID


class CardRevoked(Fact, kind="entrance.card_revoked"):
    """A sign-in card opens nothing any more."""

    card: UUID
    resident: UUID


class LetInAgain(Fact, kind="entrance.let_in_again"):
    """Somebody who had lost every way in was let in again; what opened the door before died."""

    resident: UUID
    way: str


class ReturnVouched(Fact, kind="entrance.return_vouched"):
    """A neighbour said that it is she who has lost every way in and wants to come back."""

    recovery: UUID
    resident: UUID


class ReturnStopped(Fact, kind="entrance.return_stopped"):
    """Nobody comes back by neighbours as somebody who has said no."""

    recovery: UUID
    resident: UUID


class CameBack(Fact, kind="entrance.came_back"):
    """Somebody came back by two neighbours, after the time in which she could say no."""

    recovery: UUID
    resident: UUID
