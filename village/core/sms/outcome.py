"""What became of a text message."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Outcome:
    """
    Say what became of one text message.

    ``permanent`` means that the same message to the same number will never be taken, and
    ``bad_number`` that nobody can ever be reached there. ``retry_after`` is in seconds; ``None``
    leaves the wait to the sender. ``provider_id`` is what the gateway calls the message.
    """

    accepted: bool
    provider_id: str = ""
    error_code: str = ""
    retry_after: float | None = None
    permanent: bool = False
    bad_number: bool = False

    @property
    def retryable(self) -> bool:
        """Tell whether another try may help."""
        return not (self.accepted or self.permanent)

    @classmethod
    def taken(cls, provider_id: str) -> Outcome:
        """Say that the gateway took the message."""
        return cls(accepted=True, provider_id=provider_id)

    @classmethod
    def later(cls, error_code: str, retry_after: float | None = None) -> Outcome:
        """Say that another try may help."""
        return cls(False, error_code=error_code, retry_after=retry_after)

    @classmethod
    def refused(cls, error_code: str, *, bad_number: bool = False) -> Outcome:
        """Say that this message will never be taken."""
        return cls(False, error_code=error_code, permanent=True, bad_number=bad_number)


# Carries one text message to a number in E.164.
Carrier = Callable[[str, str], Outcome]
