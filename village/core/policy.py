"""The answer of a policy: yes, or no and why."""

from __future__ import annotations

from dataclasses import dataclass

from village.core.errors import DomainError, Forbidden, NotFound


@dataclass(frozen=True, slots=True)
class Verdict:
    """Be truthy when allowed; ``enforce`` raises the refusal otherwise."""

    refusal: DomainError | None = None

    def __bool__(self) -> bool:
        return self.refusal is None

    @property
    def is_hidden(self) -> bool:
        """Tell whether the refusal makes the thing look absent."""
        return isinstance(self.refusal, NotFound)

    @property
    def reason(self) -> str:
        """Give the words of the refusal; empty when allowed."""
        return self.refusal.detail if self.refusal else ""

    def enforce(self) -> None:
        """
        Go on when allowed.

        :raises DomainError: the refusal, otherwise
        """
        if self.refusal is not None:
            raise self.refusal


ALLOWED = Verdict()


def denied(reason: str) -> Verdict:
    """Refuse an act on something the actor can see, and say why."""
    return Verdict(Forbidden(reason))


def hidden() -> Verdict:
    """Refuse so that the thing looks absent: whoever may not see it learns nothing."""
    return Verdict(NotFound())
