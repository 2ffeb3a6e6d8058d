"""Who is on the roll, who has been heard of, and who is to be looked for first."""

from __future__ import annotations

from datetime import date, datetime
from statistics import median
from typing import Any
from uuid import UUID

from django.db.models import (
    Case,
    Count,
    Exists,
    F,
    IntegerField,
    OuterRef,
    Q,
    QuerySet,
    Value,
    When,
)
from django.db.models.functions import Coalesce

from village.alerts import queries
from village.alerts.models import Answer, Condition, RollCall, Source
from village.core.actor import Actor
from village.core.errors import NotFound
from village.entrance.households import household_of
from village.residents.models import Membership, Resident, Role
from village.residents.places import places_of
from village.residents.queries import (
    blocked_with,
    is_member,
    people_to_be_found,
    places_held,
    verified_among,
    villages_of,
)
from village.stewardship.models import ApiKey

# From this age on somebody is looked for first.
ELDER_YEARS = 75
FIRST_TO_FIND = ("rank", "display_name", "id")
# No message reaches her: neither a phone nor an e-mail address is known.
UNREACHED = (Q(phone=None) | Q(phone="")) & (Q(email=None) | Q(email=""))


def is_warden(by: Actor, village: str) -> bool:
    """
    Tell whether the actor looks after who is missing in a village.

    Those who warn do, and the coordinators and volunteers of its centres.
    """
    if queries.is_authority(by, village):
        return True
    return any(
        places_held(by, village, role) & places_of(role, village).keys()
        for role in (Role.COORDINATOR, Role.VOLUNTEER)
    )


def sees_numbers(by: Actor, village: str) -> bool:
    """
    Tell whether the actor sees at which number people are told of warnings.

    Those who warn do, and coordinators, who call. A volunteer goes from door to door.
    """
    return queries.is_authority(by, village) or bool(
        places_held(by, village, Role.COORDINATOR) & places_of(Role.COORDINATOR, village).keys()
    )


def wardens(village: str) -> QuerySet[Resident]:
    """Give those who look after who is missing."""
    helpers = Membership.objects.current().filter(
        village=village,
        grants__role__in=(Role.COORDINATOR, Role.VOLUNTEER),
        grants__granted_at__isnull=False,
        grants__of__in=list(places_of(Role.COORDINATOR, village)),
    )
    by_office = Q(pk__in=queries.authority(village).values("pk"))
    return Resident.objects.filter(
        by_office | Q(memberships__in=helpers), is_active=True
    ).distinct()


def roll_calls() -> QuerySet[RollCall]:
    """Give roll calls with all that is shown of them."""
    return RollCall.objects.select_related("village").prefetch_related("neighbourhoods")


def roll_calls_in(village: str) -> QuerySet[RollCall]:
    """Give the roll calls of a village."""
    return roll_calls().filter(village=village)


def visible_roll_call(by: Actor, roll_call_id: UUID) -> RollCall:
    """
    Find a roll call of a village that the actor lives in.

    :raises NotFound: if there is none
    """
    found = roll_calls().filter(pk=roll_call_id, village__in=villages_of(by)).first()
    if found is None:
        raise NotFound
    return found


def watched_roll_call(by: Actor, roll_call_id: UUID) -> RollCall:
    """
    Find a roll call as a warden, as long as it is known who answered what.

    :raises NotFound: if there is none, or the actor is no warden
    """
    found = visible_roll_call(by, roll_call_id)
    if found.forgotten_at is not None or not is_warden(by, found.village_id):
        raise NotFound
    return found


def people_on(roll: RollCall) -> QuerySet[Resident]:
    """Give everybody who is asked; a machine that speaks for an office is nobody."""
    asked = queries.people_of(roll.village_id, [each.pk for each in roll.neighbourhoods.all()])
    machines = ApiKey.objects.filter(village=roll.village_id).values("machine")
    return asked.exclude(pk__in=machines)


def is_on(roll: RollCall, resident_id: UUID) -> bool:
    """Tell whether somebody is asked."""
    return people_on(roll).filter(pk=resident_id).exists()


def not_heard_of(roll: RollCall) -> QuerySet[Resident]:
    """Give those of whom there is no word yet."""
    heard = Answer.objects.filter(roll_call=roll, resident=OuterRef("pk"))
    return people_on(roll).filter(~Exists(heard))


def unaccounted(roll: RollCall, today: date) -> QuerySet[Resident]:
    """
    Give those who have not been heard of, with ``rank`` and ``lives_in``: whom to find first.

    Elders whom no message reaches come first, then others whom none reaches, then the elders who
    have a phone, then everybody else.
    """
    born_before = _years_ago(today, ELDER_YEARS)
    elder = Q(born_on__lte=born_before)
    lives_in = (
        Membership.objects.current()
        .filter(village=roll.village_id, resident=OuterRef("pk"))
        .values("neighbourhood__name")[:1]
    )
    return not_heard_of(roll).annotate(
        rank=Case(
            When(UNREACHED & elder, then=Value(0)),
            When(UNREACHED, then=Value(1)),
            When(elder, then=Value(2)),
            default=Value(3),
            output_field=IntegerField(),
        ),
        lives_in=Coalesce(lives_in, Value("")),
    )


def answers_of(roll: RollCall) -> QuerySet[Answer]:
    """Give what was heard."""
    return Answer.objects.filter(roll_call=roll).select_related("resident", "given_by")


def answer(answer_id: UUID) -> Answer | None:
    """Find an answer with all that is shown of it; ``None`` when it is gone."""
    found = Answer.objects.select_related("resident", "given_by", "roll_call")
    return found.filter(pk=answer_id).first()


def answer_about(roll: RollCall, resident_id: UUID) -> Answer | None:
    """Find the latest word about somebody."""
    return answers_of(roll).filter(resident=resident_id).first()


def family_of(by: Actor, village: str) -> set[UUID]:
    """Give those who live with the actor and of whom she may speak; a block parts them too."""
    if by.is_assisted or not verified_among([by.principal_id], village):
        return set()
    return household_of(by.principal_id, village) - blocked_with(by.principal_id)


def household_on(by: Actor, roll: RollCall) -> list[Resident]:
    """Give those of the actor's household who are asked, by name."""
    family = family_of(by, roll.village_id)
    found = people_on(roll).filter(pk__in=family).order_by("display_name", "pk")
    return list(found) if family else []


def knows(by: Actor, village: str, resident_id: UUID) -> bool:
    """Tell whether a neighbour may speak of somebody: one whom everybody here can find."""
    if by.is_assisted or not is_member(by, village):
        return False
    return people_to_be_found(by, village).filter(resident=resident_id).exists()


def figures(roll: RollCall) -> dict[str, Any]:
    """
    Give the numbers of a roll call: they name nobody, and stay when the answers go.

    ``median_minutes`` is how long it took until half of those accounted for were.
    """
    if roll.forgotten_at is not None:
        found: dict[str, Any] = roll.figures
        return found
    people = people_on(roll)
    # Somebody may have moved away since she answered.
    answers = Answer.objects.filter(roll_call=roll, resident__in=people.values("pk"))
    unreached = people.filter(UNREACHED)
    return {
        "people": people.count(),
        "accounted": answers.count(),
        "conditions": _counted(answers, "condition", Condition.values),
        "sources": _counted(answers, "source", Source.values),
        "without_phone": unreached.count(),
        "without_phone_accounted": answers.filter(resident__in=unreached.values("pk")).count(),
        "median_minutes": _median_minutes(roll, answers),
    }


def to_forget(at: datetime) -> QuerySet[RollCall]:
    """Give the roll calls whose answers nobody needs any more."""
    return RollCall.objects.filter(forgotten_at=None, forget_at__lte=at)


def _counted(answers: QuerySet[Answer], field: str, values: list[str]) -> dict[str, int]:
    rows = answers.order_by().values(name=F(field)).annotate(number=Count("pk"))
    return dict.fromkeys(values, 0) | {row["name"]: row["number"] for row in rows}


def _median_minutes(roll: RollCall, answers: QuerySet[Answer]) -> int | None:
    moments = list(answers.values_list("created_at", flat=True))
    if not moments:
        return None
    return round(median((each - roll.created_at).total_seconds() for each in moments) / 60)


def _years_ago(today: date, years: int) -> date:
    try:
        return today.replace(year=today.year - years)
    except ValueError:
        # The 29th of February.
        return today.replace(year=today.year - years, day=28)
