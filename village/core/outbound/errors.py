"""Why nothing came back."""

from __future__ import annotations

from typing import ClassVar


def gettext_noop(sentence: str) -> str:
    """Mark a sentence for the catalogues; whoever shows it translates it."""
    return sentence


class OutboundError(Exception):
    """Say why nothing came back; ``words`` is for people and still to be translated."""

    code: ClassVar[str]
    words: ClassVar[str]


class OutboundRefused(OutboundError):
    """The address is not one that the village may be sent to; asking again will not help."""

    code = "outbound.refused"
    words = gettext_noop("This address is not on the public internet, so it was not opened.")


class OutboundTooLarge(OutboundError):
    """The answer is larger than the caller's limit."""

    code = "outbound.too_large"
    words = gettext_noop("The answer from this address is too large.")


class OutboundTimeout(OutboundError):
    """The whole exchange took longer than the caller's limit."""

    code = "outbound.timeout"
    words = gettext_noop("This address took too long to answer.")


class OutboundFailed(OutboundError):
    """The address could not be reached, or did not speak proper HTTP."""

    code = "outbound.failed"
    words = gettext_noop("This address could not be reached.")
