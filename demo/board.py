"""The board of the demo: what is going on in the next two weeks, and who comes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from demo.ground import as_, if_allowed, vera_for_edda
from demo.people import CARLA, EDDA, MAX, MIA, NORA, OTTO, STELLA, STRANG, TOM, Person
from events.actions import Place, announce_event, sign_up
from events.models import Event
from village.core.geo import Point

ZONE = ZoneInfo("Europe/Berlin")
SCHOOL = Place("Alte Schule", Point(50.0152, 11.5079))
LINDEN = Place("An der Linde", Point(50.0149, 11.5066))
FIRE_STATION = Place("Feuerwehrhaus", Point(50.0161, 11.5101))
PITCH = Place("Sportplatz", Point(50.0133, 11.5112))
CHURCH = Place("Kirche Bergheim", Point(50.0304, 11.5596))
MONDAY, TUESDAY, WEDNESDAY, THURSDAY, FRIDAY, SATURDAY, SUNDAY = range(7)


@dataclass(frozen=True, slots=True)
class Invitation:
    """Hold what somebody announces: always for the next such day, so that a demo never ages."""

    host: Person
    title: str
    text: str
    weekday: int
    hour: int
    hours: int
    place: Place
    capacity: int | None = None
    guests: tuple[tuple[Person, int], ...] = ()


SINGING = Invitation(
    CARLA,
    "Singkreis",
    "Wir singen, was wir kennen, und lernen ein Lied dazu. Noten braucht niemand. Wer nicht gut "
    "zu Fuß ist, wird geholt: einfach Bescheid sagen.",
    WEDNESDAY,
    19,
    2,
    SCHOOL,
    24,
    ((EDDA, 1), (NORA, 1), (STELLA, 2)),
)
REPAIR = Invitation(
    TOM,
    "Reparier-Café",
    "Toaster, Fahrrad, Reißverschluss: bringt mit, was kaputt ist. Werkzeug und Kuchen sind da.",
    SATURDAY,
    14,
    3,
    FIRE_STATION,
    12,
    ((MIA, 1),),
)
COFFEE = Invitation(
    NORA,
    "Kaffee für Neue und Alteingesessene",
    "Ich wohne seit einem Jahr hier und kenne noch immer nicht alle. Kommt vorbei!",
    SUNDAY,
    15,
    2,
    SCHOOL,
)
HOURS = Invitation(
    OTTO,
    "Sprechstunde des Bürgerbüros",
    "Anträge, Ausweise, Fragen. Ohne Termin, mit Geduld.",
    THURSDAY,
    16,
    2,
    SCHOOL,
)
LINDEN_FEAST = Invitation(
    STELLA,
    "Aufräumen an der Linde",
    "Laub rechen, Bänke streichen, danach Suppe. Rechen bitte mitbringen.",
    SATURDAY,
    10,
    3,
    LINDEN,
    30,
    ((MAX, 3), (TOM, 1)),
)
PAPER = Invitation(
    MIA,
    "Offene Redaktion des Lindentaler Boten",
    "Was steht nächste Woche im Boten? Wer etwas weiß oder schreiben mag, setzt sich dazu.",
    TUESDAY,
    18,
    1,
    SCHOOL,
    8,
)
ORGAN = Invitation(
    STRANG,
    "Orgel um fünf",
    "Eine halbe Stunde Musik und danach Tee im Turm.",
    SUNDAY,
    17,
    1,
    CHURCH,
)
INVITATIONS = (SINGING, REPAIR, COFFEE, HOURS, LINDEN_FEAST, PAPER, ORGAN)


def announce(at: datetime) -> None:
    """Put up what is going on and who comes; what is over is announced for its next day."""
    for invitation in INVITATIONS:
        known = Event.objects.filter(village=invitation.host.home.slug, title=invitation.title)
        if not known.not_over(at).exists():
            with if_allowed():
                _announce(invitation, at)


def _announce(invitation: Invitation, at: datetime) -> None:
    begins_at = next_day(at, invitation.weekday, invitation.hour)
    event = announce_event(
        by=as_(invitation.host),
        village=invitation.host.home.slug,
        title=invitation.title,
        text=invitation.text,
        begins_at=begins_at,
        ends_at=begins_at + timedelta(hours=invitation.hours),
        place=invitation.place,
        capacity=invitation.capacity,
        publish=True,
        at=at,
    )
    date = event.occurrences.get()
    for guest, party_size in invitation.guests:
        # Edda says it to Vera, who signs her up.
        by = vera_for_edda(at) if guest == EDDA else as_(guest)
        sign_up(
            by=by,
            occurrence_id=date.pk,
            party_size=party_size,
            needs_lift=guest == EDDA,
            at=at,
        )


def next_day(at: datetime, weekday: int, hour: int) -> datetime:
    """Give the next such day of the week, tomorrow at the earliest, at an hour of the village."""
    tomorrow = (at.astimezone(ZONE) + timedelta(days=1)).replace(
        hour=hour, minute=0, second=0, microsecond=0
    )
    return tomorrow + timedelta(days=(weekday - tomorrow.weekday()) % 7)
