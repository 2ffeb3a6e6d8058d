"""Errors that a resident can be told about."""

from __future__ import annotations

from typing import ClassVar

from django.utils.translation import gettext as _


class DomainError(Exception):
    """
    Say that a rule of the village said no.

    Subclasses live beside the verb that raises them and name the rule. ``code`` is part
    of the API and never renamed; the words are for people.
    """

    code: ClassVar[str]
    status: ClassVar[int] = 409
    # Seconds after which a client may try again, sent as Retry-After.
    retry_after: int | None = None

    def __init__(self, detail: str = "", *, field: str | None = None) -> None:
        super().__init__(detail)
        self.detail = detail
        self.field = field


class NotFound(DomainError):
    """Absent, deleted, foreign or hidden: all four look the same from outside."""

    code = "not_found"
    status = 404

    def __init__(self, detail: str = "") -> None:
        super().__init__(detail or _("There is nothing here."))


class Forbidden(DomainError):
    """The actor can see the thing, but may not do this to it."""

    code = "forbidden"
    status = 403


class OutOfScope(DomainError):
    """The mandate does not cover this."""

    code = "assist.out_of_scope"
    status = 403

    def __init__(self, detail: str = "") -> None:
        super().__init__(detail or _("The mandate does not cover this."))


class TooMany(DomainError):
    """Something was tried too often; ``retry_after`` says when it may be tried again."""

    code = "rate.limited"
    status = 429

    def __init__(self, detail: str, *, retry_after: int) -> None:
        super().__init__(detail)
        self.retry_after = retry_after


class OnlyPrepared(DomainError):
    """
    This helper may prepare it now, and somebody else says yes to it.

    Whoever asks for the same again with ``X-Acting-Prepare: true`` has it prepared.
    """

    code = "assist.only_prepared"
    status = 403

    def __init__(self, detail: str = "") -> None:
        super().__init__(detail or _("You may prepare this. The person says yes to it herself."))


class NeedsTwo(OnlyPrepared):
    """A second volunteer of the centre has to say yes to this."""

    code = "assist.needs_two"

    def __init__(self) -> None:
        super().__init__(_("You may prepare this. A second volunteer of the centre confirms it."))


class Invalid(DomainError):
    """The input has the right shape, but its values make no sense."""

    code = "invalid"
    status = 422


class StaleEdit(DomainError):
    """Somebody else changed the object since it was read."""

    code = "edit.stale"
    status = 412

    def __init__(self, detail: str = "") -> None:
        super().__init__(detail or _("Somebody else changed this meanwhile. Please look again."))
