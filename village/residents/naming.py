"""Which names people, offices and villages may take: none that is taken for an office's."""

from __future__ import annotations

from uuid import UUID

from django.utils.translation import gettext as _

from village.core.errors import DomainError
from village.core.lookalikes import alike, is_hidden, is_mixed
from village.residents.models import Role, Village
from village.residents.places import places_of

# Of what the names are that speak for more than one person: outlets, departments, centres.
_OFFICES = (Role.EDITOR, Role.CLERK, Role.COORDINATOR)


class StrangeName(DomainError):
    """A name has letters that nobody sees, or of scripts that no language writes together."""

    code = "names.strange_letters"
    status = 422


class NameTaken(DomainError):
    """A name may be taken for that of an office or a village."""

    code = "names.too_alike"
    status = 409


def check_letters(name: str, *, field: str) -> None:
    """
    Look at the letters of a name.

    :raises StrangeName: if some cannot be seen, or belong to scripts that nobody writes together
    """
    if is_hidden(name):
        raise StrangeName(_("This name has letters that nobody can see."), field=field)
    if is_mixed(name):
        raise StrangeName(
            _("This name mixes letters of several scripts that look alike."), field=field
        )


def check_name(name: str, *, village: str, but: UUID | None = None, field: str) -> None:
    """
    Look whether a name may be taken for that of an office of a village, ``but`` its own.

    :raises StrangeName: if its letters are none of one language
    :raises NameTaken: if it looks like that of an outlet, a department or a centre
    """
    check_letters(name, field=field)
    taken = {
        other
        for role in _OFFICES
        for place, other in places_of(role, village).items()
        if place != but
    }
    if other := alike(name, sorted(taken)):
        raise NameTaken(
            _("This looks like “%(name)s”, which is here already.") % {"name": other}, field=field
        )


def check_village_name(name: str, *, but: str, field: str) -> None:
    """
    Look whether a name may be taken for that of another village.

    :raises StrangeName: if its letters are none of one language
    :raises NameTaken: if it looks like that of another village
    """
    check_letters(name, field=field)
    others = Village.objects.exclude(pk=but).order_by("name").values_list("name", flat=True)
    if other := alike(name, others):
        raise NameTaken(
            _("This looks like “%(name)s”, which is here already.") % {"name": other}, field=field
        )
