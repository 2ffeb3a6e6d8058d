"""
One of everything that an address of the API or a topic can name.

A room that brings a new parameter brings a maker here; one that brings an operation on what there
is already brings nothing.
"""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import time, timedelta
from uuid import UUID, uuid4

from django.utils import timezone

from carpool import actions as rides
from carpool.models import (
    Booking,
    BookingStatus,
    FeedbackKind,
    RideOffer,
    RideRequest,
    Stop,
    StopKind,
)
from carpool.recurrence import Pattern
from events.models import Event, Occurrence
from news.models import Article, Outlet
from notifications.models import Delivery, Device, DeviceKind, Mute, Notification
from tests.alerts.factories import make_alert, make_draft, make_roll_call, make_source
from tests.carpool.factories import LINDE, TOWN, book, make_offer, make_request, repeat
from tests.events.factories import make_event, sign_up
from tests.news.factories import make_feed, shown_picture
from tests.permissions.world import Body, How, Person, Thing, World, before, thing
from tests.support.cast import DEPARTMENT, OUTLET
from village.acting.models import LASTS, AssistedSession, Place, PreparedAct, WaitsFor
from village.assist import actions as centres
from village.assist.models import Accreditation, Assignment, Mandate
from village.core.actor import SYSTEM, Actor, Scope
from village.core.permissions import Standing
from village.entrance import actions as entrance
from village.entrance.models import Card, Invitation, InvitationKind
from village.federation.models import Agreement
from village.institutions.models import Badge
from village.messaging import actions as town_hall
from village.messaging.models import Category, Department
from village.residents import consents, exporting
from village.residents.actions import block
from village.residents.models import (
    Grant,
    Membership,
    Neighbourhood,
    Residency,
    Resident,
    Role,
    Village,
)
from village.stewardship.models import ApiKey

__all__ = ["World"]


@thing("v", "village")
def village(world: World, how: How) -> Thing | None:
    return None if how.is_private else Thing(how.village, how.village, of=world.places(how.village))


@thing("resident", "resident_id")
def resident(world: World, how: How) -> Thing | None:
    # Somebody with nothing digital but a card.
    Resident.objects.filter(pk=how.owner.pk).update(email=None)
    Card.objects.get_or_create(
        resident=how.owner,
        revoked_at=None,
        defaults={
            "village_id": how.village,
            "digest": uuid4().hex,
            "pin_digest": uuid4().hex,
            "created_at": world.at,
        },
    )
    return Thing(
        how.owner.pk,
        how.village,
        owner=how.owner.pk,
        of=world.places(how.village),
        stays_hers=True,
    )


@thing("offer_id")
def offer(world: World, how: How) -> Thing | None:
    made = make_offer(how.owner, at=world.at, village=how.village)
    return Thing(made.pk, how.village, owner=how.owner.pk)


@thing("request_id")
def request(world: World, how: How) -> Thing | None:
    made = make_request(how.owner, at=world.at, village=how.village)
    if how.is_private:
        rides.withdraw_request(by=Actor(how.owner.pk), request_id=made.pk, at=world.at)
    return Thing(made.pk, how.village, owner=how.owner.pk, is_private=how.is_private)


@thing("booking_id")
def booking(world: World, how: How) -> Thing | None:
    made = book(how.owner, make_offer(how.other, at=world.at, village=how.village))
    return Thing(made.pk, how.village, owner=how.owner.pk, partner=how.other.pk, is_private=True)


@thing("feedback_id")
def feedback(world: World, how: How) -> Thing | None:
    if how.is_private:
        return None
    # Told of a neighbour, so that whoever moderates may read it.
    driver = next(each for each in world.neighbours[how.village] if each != how.owner)
    booked = book(how.owner, make_offer(driver, at=world.at, village=how.village))
    made = rides.give_feedback(
        by=Actor(how.owner.pk), booking_id=booked.pk, kind=FeedbackKind.OTHER, at=world.at
    )
    return Thing(made.pk, how.village, owner=how.owner.pk)


@thing("stop_id")
def stop(world: World, how: How) -> Thing | None:
    made = Stop.objects.create(
        village_id=how.village,
        name=str(uuid4()),
        kind=StopKind.SQUARE,
        lat=50.0,
        lng=11.5,
        created_at=world.at,
    )
    return None if how.is_private else Thing(made.pk, how.village, of=world.places(how.village))


@thing("offer_series_id")
def offer_series(world: World, how: How) -> Thing | None:
    made = repeat(how.owner, at=world.at, village=how.village)
    return Thing(made.pk, how.village, owner=how.owner.pk, is_private=True)


@thing("request_series_id")
def request_series(world: World, how: How) -> Thing | None:
    made = rides.repeat_request(
        by=Actor(how.owner.pk),
        village=how.village,
        start=LINDE,
        goal=TOWN,
        clock=time(7),
        minutes=90,
        pattern=Pattern(frozenset({0}), world.at.date()),
        seats=1,
        at=world.at,
    )
    return Thing(made.pk, how.village, owner=how.owner.pk, is_private=True)


@thing("event_id")
def event(world: World, how: How) -> Thing | None:
    made = _event(world, how.owner, how.village, how.is_private)
    return Thing(made.pk, how.village, owner=how.owner.pk, is_private=how.is_private)


@thing("occurrence_id")
def occurrence(world: World, how: How) -> Thing | None:
    made = _event(world, how.owner, how.village, how.is_private).occurrences.get()
    return Thing(made.pk, how.village, owner=how.owner.pk, is_private=how.is_private)


def _event(world: World, owner: Resident, village: str, private: bool) -> Event:
    return make_event(owner, at=world.at, village=village, publish=not private)


@thing("article_id")
def article(world: World, how: How) -> Thing | None:
    made = _article(world, how.village, how.is_private)
    outlet = frozenset({made.outlet_id})
    return Thing(made.pk, how.village, of=outlet, is_private=how.is_private)


@thing("picture_id")
def picture(world: World, how: How) -> Thing | None:
    shown = _article(world, how.village, how.is_private)
    made = shown_picture(shown, at=world.at)
    outlet = frozenset({shown.outlet_id})
    return Thing(made.pk, how.village, of=outlet, is_private=how.is_private)


def _article(world: World, village: str, private: bool) -> Article:
    return Article.objects.create(
        village_id=village,
        outlet_id=world.place(village, "outlet"),
        title="The bridge",
        text="It is open.",
        html="<p>It is open.</p>",
        status="draft" if private else "published",
        published_at=None if private else world.at,
        created_at=world.at,
    )


@thing("feed_id")
def feed(world: World, how: How) -> Thing | None:
    outlet = Outlet.objects.get(pk=world.place(how.village, "outlet"))
    made = make_feed(outlet, f"https://bote.example/{uuid4()}", at=world.at)
    return Thing(made.pk, how.village, of=frozenset({outlet.pk}))


@thing("department_id", "department")
def department(world: World, how: How) -> Thing | None:
    return _place(world, how.village, "department")


@thing("centre_id", "centre")
def centre(world: World, how: How) -> Thing | None:
    return _place(world, how.village, "centre")


def _place(world: World, village: str, kind: str) -> Thing:
    place = world.place(village, kind)
    return Thing(place, village, of=frozenset({place}))


@thing("institution_id")
def institution(world: World, how: How) -> Thing | None:
    return None if how.is_private else _place(world, how.village, "outlet")


@thing("badge_id")
def badge(world: World, how: How) -> Thing | None:
    if how.is_private:
        return None
    # One has one badge at a time: each is of an office of its own.
    office = Department.objects.create(
        village_id=how.village, name=f"Office {uuid4()}", created_at=world.at
    )
    made = Badge.objects.create(
        village_id=how.village,
        kind="department",
        of=office.pk,
        name=office.name,
        until=timezone.now() + timedelta(days=30),
        proposed_by=how.other,
        created_at=world.at,
    )
    return Thing(made.pk, how.village, of=frozenset({office.pk}))


@thing("agreement_id")
def agreement(world: World, how: How) -> Thing | None:
    if how.is_private:
        return None
    there, _is_new = Village.objects.get_or_create(
        slug=f"x-{uuid4().hex[:12]}",
        defaults={"name": "Talheim", "lat": 50.1, "lng": 11.6, "created_at": world.at},
    )
    made = Agreement.objects.create(
        reader_id=how.village, source=there, what="news", created_at=world.at
    )
    return Thing(made.pk, how.village, of=world.places(how.village))


@thing("case_id", "case")
def case(world: World, how: How) -> Thing | None:
    department = world.place(how.village, "department")
    made = town_hall.open_case(
        by=Actor(how.owner.pk),
        village=how.village,
        department_id=department,
        title="The lamp is out",
        text="It is dark.",
        at=world.at,
    )
    return Thing(
        made.pk, how.village, owner=how.owner.pk, of=frozenset({department}), is_private=True
    )


@thing("defect_id")
def defect(world: World, how: How) -> Thing | None:
    department = world.place(how.village, "department")
    made = town_hall.report_defect(
        by=Actor(how.owner.pk),
        village=how.village,
        category_id=_broken(world, how.village).pk,
        text="It is dark.",
        place="By the mill",
        at=world.at,
    )
    return Thing(
        made.pk, how.village, owner=how.owner.pk, of=frozenset({department}), is_private=True
    )


def _broken(world: World, village: str) -> Category:
    found, _is_new = Category.objects.get_or_create(
        village_id=village,
        department_id=world.place(village, "department"),
        name="A lamp",
        defaults={"defect": True, "created_at": world.at},
    )
    return found


@thing("mandate_id")
def mandate(world: World, how: How) -> Thing | None:
    centre = world.place(how.village, "centre")
    made = Mandate.objects.create(
        village_id=how.village,
        centre_id=centre,
        person=how.owner,
        scopes=list(Scope),
        starts_at=world.at - timedelta(days=1),
        ends_at=world.at + timedelta(days=30),
        created_at=world.at,
    )
    for accredited in made.centre.accreditations.exclude(accredited_at=None).exclude(
        volunteer=how.owner
    ):
        made.assignments.create(volunteer_id=accredited.volunteer_id, at=world.at)
    return Thing(
        made.pk,
        how.village,
        owner=how.owner.pk,
        of=frozenset({centre}),
        is_private=True,
        stays_hers=True,
    )


@thing("act_id")
def prepared_act(world: World, how: How) -> Thing | None:
    centre = world.place(how.village, "centre")
    first = world.neighbours[how.village][1]
    given = mandate(world, how)
    assert given is not None
    matter = {"department": str(world.place(how.village, "department")), "title": "t", "text": "t"}
    made = PreparedAct.objects.create(
        village_id=how.village,
        mandate_id=given.id,
        volunteer=first,
        waits_for=WaitsFor.SECOND,
        scope=Scope.AUTHORITY_WRITE,
        method="POST",
        path=f"/api/v1/villages/{how.village}/cases",
        content_type="application/json",
        body=json.dumps(matter).encode(),
        created_at=world.at,
    )
    return Thing(made.pk, how.village, owner=how.owner.pk, of=frozenset({centre}), is_private=True)


@thing("session_id")
def session(world: World, how: How) -> Thing | None:
    given = mandate(world, how)
    assert given is not None
    made = AssistedSession.objects.create(
        village_id=how.village,
        mandate_id=given.id,
        volunteer=how.other,
        place=Place.DESK,
        purpose="The harvest dinner",
        starts_at=world.at,
        ends_at=world.at + LASTS,
        ended_at=world.at,
        created_at=world.at,
    )
    return Thing(
        made.pk,
        how.village,
        owner=how.owner.pk,
        partner=how.other.pk,
        is_private=True,
        stays_hers=True,
    )


@thing("scope")
def scope(world: World, how: How) -> Thing | None:
    of_mandate = mandate(world, how)
    assert of_mandate is not None
    return replace(of_mandate, id=Scope.EVENTS_JOIN, path={"mandate_id": of_mandate.id})


@thing("volunteer_id")
def volunteer(world: World, how: How) -> Thing | None:
    of_mandate = mandate(world, how)
    assert of_mandate is not None
    named = Assignment.objects.filter(mandate=of_mandate.id).first()
    if named is None:
        return None
    return replace(of_mandate, id=named.volunteer_id, path={"mandate_id": of_mandate.id})


@thing("accreditation_id")
def accreditation(world: World, how: How) -> Thing | None:
    centre = world.place(how.village, "centre")
    made, _is_new = Accreditation.objects.get_or_create(
        village_id=how.village,
        centre_id=centre,
        volunteer=how.owner,
        defaults={
            "trained_on": world.at.date(),
            "valid_until": world.at + timedelta(days=365),
            "created_at": world.at,
        },
    )
    return Thing(made.pk, how.village, owner=how.owner.pk, of=frozenset({centre}))


@thing("person_id")
def person(world: World, how: How) -> Thing | None:
    centre = world.place(how.village, "centre")
    return Thing(
        how.owner.pk,
        how.village,
        owner=how.owner.pk,
        of=frozenset({centre}),
        is_private=True,
        path={"centre_id": centre},
    )


@thing("notification_id")
def notification(world: World, how: How) -> Thing | None:
    made = Notification.objects.create(
        village_id=how.village,
        resident=how.owner,
        notice="news.article",
        kind="news.article_published",
        entry_id=uuid4().int >> 66,
        language="de",
        title="News",
        in_inbox=True,
        created_at=world.at,
        id=uuid4(),
    )
    return _hers(made.pk, how.village, how.owner)


@thing("device_id")
def device(world: World, how: How) -> Thing | None:
    made = Device.objects.create(
        resident=how.owner,
        kind=DeviceKind.DEVELOPMENT,
        address=str(uuid4()),
        registered_at=world.at,
        last_seen_at=world.at,
    )
    return _hers(made.pk, how.village, how.owner)


@thing("mute_id")
def mute(world: World, how: How) -> Thing | None:
    made = Mute.objects.create(
        resident=how.owner, village_id=how.village, thread=str(uuid4()), created_at=world.at
    )
    return _hers(made.pk, how.village, how.owner)


def _hers(id: UUID, village: str, owner: Resident) -> Thing:
    return Thing(id, village, owner=owner.pk, is_private=True, stays_hers=True)


@thing("grant_id")
def grant(world: World, how: How) -> Thing | None:
    membership = Membership.objects.get(village=how.village, resident=how.owner)
    made = Grant.objects.create(
        membership=membership, role=Role.VOLUNTEER, of=uuid4(), proposed_by=how.other
    )
    return Thing(made.pk, how.village, owner=how.owner.pk)


@thing("neighbourhood_id")
def neighbourhood(world: World, how: How) -> Thing | None:
    made = Neighbourhood.objects.create(
        village_id=how.village, name=str(uuid4()), created_at=world.at
    )
    return Thing(made.pk, how.village)


@thing("key_id")
def key(world: World, how: How) -> Thing | None:
    made = ApiKey.objects.create(
        village_id=how.village,
        name="Redaktion",
        role=Role.EDITOR,
        of=world.place(how.village, "outlet"),
        machine=Resident.objects.create_user("Redaktion"),
        digest=str(uuid4()),
        created_at=world.at,
    )
    Membership.objects.create(village_id=how.village, resident=made.machine, created_at=world.at)
    return Thing(made.pk, how.village, of=frozenset({made.of}))


@thing("alert_id")
def alert(world: World, how: How) -> Thing | None:
    if how.is_private:
        return None
    made = make_alert(how.village, at=world.at, is_drill=True)
    return Thing(made.pk, how.village, of=world.places(how.village))


@thing("draft_id")
def alert_draft(world: World, how: How) -> Thing | None:
    if how.is_private:
        return None
    made = make_draft(how.village, at=world.at, drafted_by=how.other)
    return Thing(made.pk, how.village, of=world.places(how.village))


@thing("source_id")
def alert_source(world: World, how: How) -> Thing | None:
    made = make_source(f"https://warnings.example/{uuid4()}", at=world.at, village=how.village)
    return None if how.is_private else Thing(made.pk, how.village, of=world.places(how.village))


@thing("roll_call_id", "roll_call")
def roll_call(world: World, how: How) -> Thing | None:
    if how.is_private:
        return None
    made = make_roll_call(how.village, at=world.at)
    return Thing(made.pk, how.village, of=world.places(how.village))


@before("POST /villages/{v}/keys")
def holds_an_office(world: World, person: Person, thing: Thing | None) -> Body:
    """Everybody gives a machine a key of the office that she holds herself."""
    if any(role is Standing.CLERK for role, _of in person.roles):
        return {"role": "clerk", "of": DEPARTMENT, "scopes": "cases.read"}
    return {"of": OUTLET}


@before("POST /villages/{v}/defects")
def knows_what_can_be_reported(world: World, person: Person, thing: Thing | None) -> Body:
    """A report names something of the list of the village."""
    assert thing is not None
    return {"category": _broken(world, thing.village).pk}


@thing("invitation_id")
def invitation(world: World, how: How) -> Thing | None:
    made = Invitation.objects.create(
        village_id=how.village,
        kind=InvitationKind.HOUSEHOLD,
        digest=str(uuid4()),
        people=2,
        made_by=how.owner,
        expires_at=world.at + timedelta(days=1),
        created_at=world.at,
    )
    return Thing(made.pk, how.village, owner=how.owner.pk, stays_hers=True)


@before(
    "GET /occurrences/{occurrence_id}/attendance", "DELETE /occurrences/{occurrence_id}/attendance"
)
def comes(world: World, person: Person, thing: Thing | None) -> Body:
    """Nobody sees or withdraws an attendance that she does not have."""
    assert person.resident is not None and thing is not None
    sign_up(person.resident, Occurrence.objects.get(pk=thing.id))
    return {}


@before("POST /centres/{centre_id}/calls")
def has_somebody_to_call(world: World, person: Person, thing: Thing | None) -> Body:
    """In an emergency a centre calls whoever looks to no other one."""
    assert thing is not None
    told = Notification.objects.create(
        village_id=thing.village,
        resident=world.neighbours[thing.village][0],
        notice="news.article",
        kind="news.article_published",
        entry_id=uuid4().int >> 66,
        language="de",
        title="Flood",
        in_inbox=True,
        created_at=world.at,
    )
    Delivery.objects.create(notification=told, way="voice", is_emergency=True, due_at=world.at)
    return {"notification": str(told.pk), "outcome": "not_reached"}


@before("DELETE /me/blocks/{resident_id}")
def does_not_meet(world: World, person: Person, thing: Thing | None) -> Body:
    """Nobody takes back what she has not done; herself she cannot block."""
    assert person.resident is not None and thing is not None and isinstance(thing.id, UUID)
    if person.resident.pk == thing.id:
        return None
    block(by=Actor(person.resident.pk), resident_id=thing.id, at=world.at)
    return {}


@before("POST /invitations/accept")
def is_invited(world: World, person: Person, thing: Thing | None) -> Body:
    """An invitation is accepted by its code."""
    host = Actor(world.neighbours["bergheim"][0].pk)
    _, code = entrance.invite_household(by=host, village="bergheim", people=2, at=world.at)
    return {"code": code}


@before("POST /recoveries/look", "POST /recoveries/vouch")
def wants_to_come_back(world: World, person: Person, thing: Thing | None) -> Body:
    """A neighbour who has lost every way in shows her code."""
    neighbour = world.neighbours[person.home or "lindental"][0]
    number = "+4915155504321"
    type(neighbour).objects.filter(phone=number).update(phone=None)
    type(neighbour).objects.filter(pk=neighbour.pk).update(phone=number)
    _, code, _ = entrance.begin_recovery(address="", number=number, at=world.at)
    return {"code": code}


@before("POST /introductions/look", "POST /introductions/vouch", "POST /introductions/check")
def is_shown_a_code(world: World, person: Person, thing: Thing | None) -> Body:
    """A neighbour shows the code of her introduction."""
    village = person.home or "lindental"
    neighbour = Actor(world.neighbours[village][0].pk)
    _, code = entrance.introduce_oneself(by=neighbour, village=village, at=world.at)
    return {"code": code}


@before("POST /carpool/requests/{request_id}/take")
def waits_where_she_comes_by(world: World, person: Person, thing: Thing | None) -> Body:
    """Somebody is taken along who waits, by who drives past."""
    assert thing is not None and person.resident is not None
    RideRequest.objects.filter(pk=thing.id).update(
        earliest=world.at, waits_until=world.at + timedelta(hours=3)
    )
    return {"offer": make_offer(person.resident, at=world.at, village=thing.village).pk}


@before("POST /carpool/stops/{stop_id}/key")
def is_a_bench(world: World, person: Person, thing: Thing | None) -> Body:
    """Only a bench has a device."""
    assert thing is not None
    Stop.objects.filter(pk=thing.id).update(kind=StopKind.BENCH)
    return {}


@before("POST /carpool/bookings/{booking_id}/confirm")
def is_taken_along(world: World, person: Person, thing: Thing | None) -> Body:
    """A rider says that she comes once the driver has said yes."""
    return _has_come_to(thing, BookingStatus.ACCEPTED)


@before("POST /carpool/bookings/{booking_id}/board", "POST /carpool/bookings/{booking_id}/miss")
def is_awaited(world: World, person: Person, thing: Thing | None) -> Body:
    """A rider boards once the ride has left."""
    assert thing is not None
    Booking.objects.filter(pk=thing.id).update(pickup_at=world.at)
    RideOffer.objects.filter(bookings=thing.id).update(departs_at=world.at)
    return _has_come_to(thing, BookingStatus.CONFIRMED)


@before("POST /carpool/bookings/{booking_id}/arrive")
def is_on_board(world: World, person: Person, thing: Thing | None) -> Body:
    """A rider arrives who is on board."""
    return _has_come_to(thing, BookingStatus.ON_BOARD)


def _has_come_to(thing: Thing | None, status: BookingStatus) -> Body:
    assert thing is not None
    Booking.objects.filter(pk=thing.id).update(status=status)
    return {}


@before("POST /centres/{centre_id}/volunteers", "POST /mandates/{mandate_id}/volunteers")
def names_a_volunteer(world: World, person: Person, thing: Thing | None) -> Body:
    """A centre proposes a member of its village; a mandate is carried out by a volunteer."""
    assert thing is not None
    is_mandate = Mandate.objects.filter(pk=str(thing.id)).exists()
    neighbour = world.neighbours[thing.village][1].pk
    if not is_mandate:
        Accreditation.objects.filter(volunteer=neighbour).update(ended_at=world.at)
    return {"volunteer": world.cast.vera.pk if is_mandate else neighbour}


@before("POST /mandates/{mandate_id}/sessions")
def shows_her_card(world: World, person: Person, thing: Thing | None) -> Body:
    """The person shows her card, to somebody who sits with nobody else."""
    given = Mandate.objects.get(pk=str(thing.id if thing else ""))
    AssistedSession.objects.filter(volunteer=person.resident).delete()
    carla = Actor(world.cast.carla.pk)
    printed = centres.issue_card(
        by=carla, centre_id=given.centre_id, person_id=given.person_id, at=world.at
    )
    return {"code": printed.codes[0]}


@before("POST /mandates/{mandate_id}/put-forward")
def is_a_draft(world: World, person: Person, thing: Thing | None) -> Body:
    """Only a draft is put forward."""
    assert thing is not None
    Mandate.objects.filter(pk=str(thing.id)).update(starts_at=None, ends_at=None)
    return {}


@before("POST /mandates/{mandate_id}/consent")
def is_asked(world: World, person: Person, thing: Thing | None) -> Body:
    """The person answers herself, while she lives here; a coordinator registers what was signed."""
    assert thing is not None and person.resident is not None
    if not person.home:
        return None
    Mandate.objects.filter(pk=str(thing.id)).update(
        starts_at=None,
        ends_at=None,
        put_forward_at=world.at,
        text_hash="f" * 64,
        language="de",
        binding_language="de",
    )
    is_hers = thing.owner == person.resident.pk
    return {"kind": "own_device" if is_hers else "paper", "text_hash": "f" * 64}


@before("POST /mandates/{mandate_id}/resume")
def is_suspended(world: World, person: Person, thing: Thing | None) -> Body:
    """Only a suspended mandate goes on."""
    assert thing is not None
    Mandate.objects.filter(pk=str(thing.id)).update(suspended_at=world.at)
    return {}


@before("GET /mandates/{mandate_id}/paper")
def has_its_words(world: World, person: Person, thing: Thing | None) -> Body:
    """Only what has been put forward is printed."""
    assert thing is not None
    Mandate.objects.filter(pk=str(thing.id)).update(
        text="Ja", text_hash="f" * 64, language="de", binding_language="de"
    )
    return {}


@before("POST /cards/stop")
def holds_a_card(world: World, person: Person, thing: Thing | None) -> Body:
    """A card is stopped by its code."""
    printed = centres.issue_card(
        by=Actor(world.cast.carla.pk),
        centre_id=world.cast.centre.pk,
        person_id=world.neighbours["lindental"][0].pk,
        at=world.at,
    )
    return {"code": printed.stop_code}


@before("GET /me/export", "GET /me/export/file")
def has_a_file(world: World, person: Person, thing: Thing | None) -> Body:
    """There is nothing to fetch before somebody has asked for it."""
    if person.resident is None:
        return {}
    now = timezone.now()
    export = exporting.ask_for_export(by=Actor(person.resident.pk), at=now)
    exporting.write_export(by=SYSTEM, export_id=export.pk, at=now)
    return {}


@before("POST /me/consents/withdraw")
def has_agreed(world: World, person: Person, thing: Thing | None) -> Body:
    """Nobody takes back what she has not agreed to."""
    if person.resident is None:
        return {}
    by = Actor(person.resident.pk)
    consents.give_consent(by=by, subject="directory", version=1, at=world.at)
    return {}


@before("POST /villages/{v}/letters/asked")
def is_not_known_yet(world: World, person: Person, thing: Thing | None) -> Body:
    """Whom the village knows to live there needs no letter."""
    Membership.objects.filter(resident=person.resident).update(residency=Residency.DECLARED)
    return {}
