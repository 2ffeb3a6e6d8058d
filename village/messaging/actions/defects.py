"""The verbs of what is broken: reporting it, showing it, and naming what can be reported."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from village.core import geojson, images
from village.core.actor import Actor
from village.core.errors import DomainError, Invalid, NotFound
from village.core.geo import Point, distance_m
from village.journal.actions import record
from village.messaging import facts, policies, queries
from village.messaging.actions.cases import begin
from village.messaging.models import Category, Defect, DefectPhoto, Department
from village.residents.models import Village
from village.residents.queries import village_or_404
from village.stewardship.policies import may_steward
from village.stewardship.queries import setup_of

# Where no boundary is drawn, so far around it a place is taken for one of the village.
AROUND_M = 15_000.0
PHOTO_WIDTH = 800
# Whoever sends a photo waits for it, and on SQLite everybody who writes waits with her.
PHOTO_SECONDS = 15.0
_TITLE_MAX = 200


class PhotoLater(DomainError):
    """The machine has no time for a photo now."""

    code = "messaging.photo_later"
    status = 503
    retry_after = 60

    def __init__(self) -> None:
        super().__init__(_("The photo cannot be opened just now. Please try again in a minute."))


@transaction.atomic
def report_defect(
    *,
    by: Actor,
    village: str,
    category_id: UUID,
    text: str,
    place: str = "",
    point: Point | None = None,
    at: datetime,
) -> Defect:
    """
    Tell the town hall that something is broken, for the actor's principal.

    It becomes a case of the department on whose list the category is; ``text`` is its first
    message. Where it is, is said in words, by a point, or both.

    :raises NotFound: if the principal does not belong to the village
    :raises OutOfScope: if the mandate does not cover it
    :raises Invalid: if the category is on no list, or the place is missing or outside the village
    """
    policies.may_report(by, village).enforce()
    category = queries.defect_kinds(village).filter(pk=category_id).first()
    if category is None:
        raise Invalid(_("Please choose what is broken from the list."), field="category")
    if not place and point is None:
        raise Invalid(_("Please say where it is."), field="place")
    if point is not None and not _is_inside(village_or_404(village), point):
        raise Invalid(_("This place lies outside of the village."), field="point")
    title = f"{category.name}: {place}" if place else category.name
    case, message = begin(by=by, about=category, title=title[:_TITLE_MAX], text=text, at=at)
    defect = Defect.objects.create(
        case=case,
        place=place,
        lat=point.lat if point is not None else None,
        lng=point.lng if point is not None else None,
    )
    record(
        facts.DefectReported(
            village=village,
            case=case.pk,
            department=case.department_id,
            author=case.author_id,
            message=message.pk,
        ),
        by=by,
        at=at,
    )
    return defect


@transaction.atomic
def show_photo(*, by: Actor, defect_id: UUID, data: bytes, at: datetime) -> Defect:
    """
    Show a photo of what one has reported; another one takes the place of the first.

    What is kept is a small clean copy: it says nothing of who took it, when and where.

    :raises NotFound: if the actor sees no such defect
    :raises Forbidden: if somebody else reported it
    :raises OutOfScope: in assisted mode: a file is never sent in somebody's name
    :raises Invalid: if it is no picture that can be shown
    :raises PhotoLater: if the machine is too busy now
    """
    found = queries.defects().filter(pk=defect_id).first()
    if found is None:
        raise NotFound
    policies.may_show_photo(by, found.case).enforce()
    try:
        rendered = images.render(data, widths=[PHOTO_WIDTH], patience=PHOTO_SECONDS)
    except images.ImageRefused as refused:
        raise Invalid(_(refused.sentence), field="file") from None
    except TimeoutError:
        raise PhotoLater from None
    # Locked only now, and looked for again: she may have been erased meanwhile.
    found = queries.defects().select_for_update(of=("self",)).filter(pk=defect_id).first()
    if found is None:
        raise NotFound
    case = found.case
    url = f"data:image/webp;base64,{b64encode(rendered.variants[0].webp).decode()}"
    DefectPhoto.objects.update_or_create(defect=found, defaults={"url": url})
    found.has_photo = True
    found.save(update_fields=["has_photo"])
    record(
        facts.DefectPictured(
            village=case.village_id,
            case=case.pk,
            department=case.department_id,
            author=case.author_id,
        ),
        by=by,
        at=at,
    )
    return found


@transaction.atomic
def name_defects(
    *, by: Actor, department_id: UUID, names: Sequence[str], at: datetime
) -> Department:
    """
    Say what residents report to a department as broken; what is left out is no longer on the list.

    :raises NotFound: if the actor sees no such department
    :raises Forbidden: if she is no steward
    :raises Invalid: if one of them is confidential
    """
    department = Department.objects.select_for_update().filter(pk=department_id).first()
    if department is None:
        raise NotFound
    may_steward(by, department.village_id).enforce()
    wanted = set(names)
    if department.categories.filter(name__in=wanted, confidential=True).exists():
        raise Invalid(_("What is confidential is nothing to report here."), field="categories")
    known = set(department.categories.values_list("name", flat=True))
    department.categories.update(defect=False)
    department.categories.filter(name__in=wanted).update(defect=True)
    Category.objects.bulk_create(
        Category(
            village_id=department.village_id,
            department=department,
            name=name,
            defect=True,
            created_at=at,
        )
        for name in sorted(wanted - known)
    )
    named = facts.DefectsNamed(village=department.village_id, department=department.pk)
    record(named, by=by, at=at)
    return department


def _is_inside(village: Village, point: Point) -> bool:
    boundary = setup_of(village).boundary
    if boundary is not None:
        return geojson.holds(geojson.drawn_rings(boundary), (point.lng, point.lat))
    return distance_m(Point(village.lat, village.lng), point) <= AROUND_M
