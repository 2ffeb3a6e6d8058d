"""What the people of the demo do while somebody watches; each act says in words what it was."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from random import Random

from carpool.actions import answer_booking, book_seats, cancel_booking, offer_ride
from carpool.models import Booking, BookingStatus, RideOffer
from demo import paper
from demo import rides as journeys
from demo.board import FIRE_STATION, LINDEN, PITCH, SCHOOL
from demo.ground import as_
from demo.people import CARLA, EDDA, LINDENTAL, MAX, MIA, NORA, OTTO, PEOPLE, STELLA, TOM, VERA
from events.actions import announce_event, sign_up, withdraw
from events.models import Attendance, Event, Occurrence
from news.actions import write_article
from news.models import Article
from village.messaging.actions import acknowledge_case, open_case, resolve_case, write_message
from village.messaging.models import Case, CaseStatus, Category

Act = Callable[[Random, datetime], str | None]
NEIGHBOURS = (TOM, NORA, MIA, OTTO, CARLA, MAX, STELLA, VERA)
BY_ID = {person.id: person for person in PEOPLE}
# So many things of one kind are open at a time at most: a demo that runs all day stays small.
OPEN_AT_ONCE = 12
BETWEEN_ARTICLES = timedelta(minutes=2)

MEETINGS = (
    ("Spontan: Waffeln", "Der Teig ist fertig und reicht für viele.", SCHOOL),
    ("Bolzen bis es dunkel wird", "Tore stehen, Ball ist da.", PITCH),
    ("Spaziergang um den Weiher", "Langsam, mit Bank auf halbem Weg.", LINDEN),
    ("Fahrradcheck vor dem Winter", "Licht, Bremsen, Kette. Werkzeug ist da.", FIRE_STATION),
    ("Kartenabend", "Schafkopf für alle, die es können oder lernen wollen.", SCHOOL),
    ("Apfelsaft pressen", "Bringt Flaschen mit, Äpfel haben wir genug.", LINDEN),
)
MATTERS = (
    ("Straßenlaterne", "Laterne flackert", "Die Laterne vor Haus 7 flackert seit gestern Abend."),
    ("Weg und Straße", "Schlagloch am Berg", "Kurz vor der Kurve, man sieht es erst spät."),
    ("Spielplatz", "Schaukel quietscht", "Nichts Schlimmes, aber man hört sie bis zur Linde."),
    ("Winterdienst", "Streukiste ist leer", "Die Kiste am Friedhofsweg ist leer."),
)
LINES = (
    ("Der Weiher ist zugefroren", "Noch trägt das Eis nicht. Die Feuerwehr sagt, wann."),
    ("Warm beim Bäcker", "Der Ofen ist repariert, es gibt wieder Brot am Sonntag."),
    ("Ein Storch im November", "Er sitzt auf der Alten Schule und lässt sich fotografieren."),
    ("Die Kirchturmuhr geht wieder", "Zwei Minuten vor, wie früher."),
    ("Gesucht: Tenorhorn", "Die Blaskapelle hat eines zu wenig. Leihweise genügt."),
    ("Danke, Winterdienst", "Um sechs war der Berg frei. Das Dorf sagt danke."),
)
JOURNEYS = (
    (journeys.LINDEN, journeys.STATION),
    (journeys.STATION, journeys.LINDEN),
    (journeys.SCHOOL, journeys.CLINIC),
    (journeys.MILL, journeys.MARKET),
)
ANSWERS = (
    "Danke, wir sehen es uns diese Woche an.",
    "Ist notiert. Der Bauhof fährt morgen vorbei.",
    "Vielen Dank für den Hinweis, das Teil ist bestellt.",
)


def comes(random: Random, at: datetime) -> str | None:
    """Let somebody sign up for what is going on."""
    date = _date(random, at)
    who = random.choice(NEIGHBOURS)
    if date is None or Attendance.objects.active().filter(occurrence=date, resident=who.id):
        return None
    party_size = random.choice((1, 1, 1, 2, 3))
    sign_up(by=as_(who), occurrence_id=date.pk, party_size=party_size, needs_lift=False, at=at)
    return f"{who.display_name} comes to {date.event.title} ({party_size})"


def does_not_come(random: Random, at: datetime) -> str | None:
    """Let somebody change her mind, where there are some who come."""
    date = _date(random, at)
    coming = Attendance.objects.active().filter(occurrence=date) if date else None
    if date is None or coming is None or coming.count() < 3:
        return None
    who = BY_ID.get(random.choice(list(coming)).resident_id)
    if who is None or who not in NEIGHBOURS:
        return None
    withdraw(by=as_(who), occurrence_id=date.pk, at=at)
    return f"{who.display_name} cannot come to {date.event.title} after all"


def invites(random: Random, at: datetime) -> str | None:
    """Let somebody announce something small for one of the next days."""
    if Event.objects.filter(village=LINDENTAL.slug).not_over(at).count() >= OPEN_AT_ONCE:
        return None
    who, (title, text, place) = random.choice(NEIGHBOURS), random.choice(MEETINGS)
    if Event.objects.filter(village=LINDENTAL.slug, title=title).not_over(at).exists():
        return None
    begins_at = (at + timedelta(hours=random.randint(2, 72))).replace(
        minute=random.choice((0, 30)), second=0, microsecond=0
    )
    announce_event(
        by=as_(who),
        village=LINDENTAL.slug,
        title=title,
        text=text,
        begins_at=begins_at,
        ends_at=begins_at + timedelta(hours=2),
        place=place,
        capacity=random.choice((None, 6, 10)),
        publish=True,
        at=at,
    )
    return f"{who.display_name} invites: {title}"


def reports(random: Random, at: datetime) -> str | None:
    """Let somebody tell the town hall what does not work."""
    waiting = Case.objects.filter(village=LINDENTAL.slug).exclude(status=CaseStatus.RESOLVED)
    if waiting.count() >= OPEN_AT_ONCE:
        return None
    name, title, text = random.choice(MATTERS)
    category = Category.objects.filter(village=LINDENTAL.slug, name=name).first()
    if category is None or waiting.filter(title=title).exists():
        return None
    who = random.choice([each for each in NEIGHBOURS if each != OTTO])
    open_case(
        by=as_(who),
        village=LINDENTAL.slug,
        department_id=category.department_id,
        category_id=category.pk,
        title=title,
        text=text,
        at=at,
    )
    return f"{who.display_name} tells the town hall: {title}"


def town_hall_works(random: Random, at: datetime) -> str | None:
    """Let Otto read, answer or close the case that has waited longest."""
    waiting = Case.objects.filter(village=LINDENTAL.slug).exclude(status=CaseStatus.RESOLVED)
    case = waiting.order_by("created_at", "pk").first()
    if case is None:
        return None
    by = as_(OTTO)
    if case.status == CaseStatus.OPEN:
        acknowledge_case(by=by, case_id=case.pk, at=at)
        return f"{OTTO.display_name} has read: {case.title}"
    if case.message_count < 2:
        write_message(by=by, case_id=case.pk, text=random.choice(ANSWERS), at=at)
        return f"{OTTO.display_name} answers: {case.title}"
    resolve_case(by=by, case_id=case.pk, at=at)
    return f"{OTTO.display_name} is done with: {case.title}"


def writes(random: Random, at: datetime) -> str | None:
    """Let Mia write a few lines, when the last ones are a while ago."""
    outlet = paper.outlet_of(paper.BOTE)
    if Article.objects.filter(outlet=outlet, published_at__gt=at - BETWEEN_ARTICLES).exists():
        return None
    title, text = random.choice(LINES)
    write_article(
        by=as_(MIA),
        village=LINDENTAL.slug,
        outlet_id=outlet.pk,
        title=title,
        text=text,
        publish=True,
        at=at,
    )
    return f"{MIA.display_name} writes: {title}"


def offers_a_ride(random: Random, at: datetime) -> str | None:
    """Let somebody take others along."""
    rides = RideOffer.objects.open().filter(village=LINDENTAL.slug).still_here(at)
    if rides.count() >= OPEN_AT_ONCE:
        return None
    driver, (start, goal) = random.choice((TOM, STELLA, CARLA)), random.choice(JOURNEYS)
    departs_at = (at + timedelta(hours=random.randint(3, 48))).replace(second=0, microsecond=0)
    offer_ride(
        by=as_(driver),
        village=LINDENTAL.slug,
        start=start,
        goal=goal,
        departs_at=departs_at,
        flexible_minutes=random.choice((0, 15, 30)),
        seats=random.randint(1, 4),
        detour_minutes=random.choice((5, 10, 15)),
        at=at,
    )
    return f"{driver.display_name} drives: {start.name} - {goal.name}"


def books_a_seat(random: Random, at: datetime) -> str | None:
    """Let somebody ask a driver for a seat."""
    rides = RideOffer.objects.open().filter(village=LINDENTAL.slug, seats_left__gte=1)
    offer = rides.still_here(at).order_by("?").first()
    who = random.choice((NORA, MAX, MIA))
    if offer is None or offer.driver_id == who.id:
        return None
    if offer.bookings.active().filter(rider=who.id).exists():
        return None
    book_seats(by=as_(who), offer_id=offer.pk, seats=1, at=at)
    return f"{who.display_name} asks for a seat: {offer.from_name} - {offer.to_name}"


def driver_answers(random: Random, at: datetime) -> str | None:
    """Let a driver answer whoever has waited longest."""
    waiting = Booking.objects.filter(
        village=LINDENTAL.slug,
        status=BookingStatus.REQUESTED,
        offer__departs_until__gt=at,
    )
    booking = waiting.select_related("offer").order_by("created_at", "pk").first()
    driver = BY_ID.get(booking.offer.driver_id) if booking else None
    if booking is None or driver is None:
        return None
    accept = random.random() < 0.8
    answer_booking(by=as_(driver), booking_id=booking.pk, accept=accept, at=at)
    return f"{driver.display_name} {'takes somebody along' if accept else 'has no room after all'}"


def changes_plans(random: Random, at: datetime) -> str | None:
    """Let a rider take her booking back, where many have booked."""
    booked = Booking.objects.filter(
        village=LINDENTAL.slug, status=BookingStatus.ACCEPTED, offer__departs_until__gt=at
    ).exclude(rider=EDDA.id)
    if booked.count() < 4:
        return None
    booking = random.choice(list(booked))
    who = BY_ID.get(booking.rider_id)
    if who is None:
        return None
    cancel_booking(by=as_(who), booking_id=booking.pk, at=at)
    return f"{who.display_name} stays at home after all"


def _date(random: Random, at: datetime) -> Occurrence | None:
    coming = Occurrence.objects.filter(
        village=LINDENTAL.slug, event__published_at__isnull=False, ends_at__gt=at
    )
    dates = [date for date in coming.select_related("event") if not date.is_cancelled]
    return random.choice(dates) if dates else None


ACTS: list[Act] = [
    comes,
    comes,
    does_not_come,
    invites,
    writes,
    reports,
    town_hall_works,
    offers_a_ride,
    books_a_seat,
    books_a_seat,
    driver_answers,
    changes_plans,
]
