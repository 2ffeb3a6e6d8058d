"""The people of the demo: invented, like their names; only the hills they live in are real."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID, uuid5

from village.residents.models import Language, Resident, Village

# Everybody and everything in the demo has the same id wherever it is built.
DEMO = UUID("6c2d0f2e-5b0e-5d5c-9a53-1d6a6e6e7a10")


@dataclass(frozen=True, slots=True)
class Place:
    """Hold one of the two villages: a real spot in Upper Franconia under an invented name."""

    slug: str
    name: str
    lat: float
    lng: float


LINDENTAL = Place("lindental", "Lindental", 50.015, 11.508)
BERGHEIM = Place("bergheim", "Bergheim", 50.030, 11.560)
PLACES = (LINDENTAL, BERGHEIM)


@dataclass(frozen=True, slots=True)
class Person:
    """Hold somebody: ``name`` is what she signs in with, ``role`` is for whoever reads the list."""

    name: str
    display_name: str
    role: str
    home: Place = LINDENTAL
    born_on: date | None = None
    is_digital: bool = True
    language: Language = Language.ENGLISH

    @property
    def id(self) -> UUID:
        """Give the id, the same in every demo."""
        return id_of(f"people/{self.name}")

    @property
    def email(self) -> str | None:
        """Give the address; not everybody has one."""
        return f"{self.name}@{self.home.slug}.example" if self.is_digital else None


def id_of(path: str) -> UUID:
    """Give the id of something in the demo: ``people/tom``, ``centre``."""
    return uuid5(DEMO, path)


EDDA = Person(
    "edda",
    "Edda Lindner",
    "81, has nothing digital; the centre acts for her",
    born_on=date(1945, 3, 9),
    is_digital=False,
)
VERA = Person("vera", "Vera Hofmann", "volunteer at the centre, helps Edda")
TOM = Person("tom", "Tom Ackermann", "drives to town and takes others along")
NORA = Person("nora", "Nora Weiß", "moved here last year")
MIA = Person("mia", "Mia Brandt", "editor of the Lindentaler Bote")
OTTO = Person("otto", "Otto Kessler", "clerk at the town hall")
CARLA = Person("carla", "Carla Neumann", "coordinator of the centre")
MAX = Person("max", "Max Vogel", "moderator")
STELLA = Person("stella", "Stella Sommer", "steward of the village")
STRANG = Person(
    "strang",
    "Jonas Strang",
    "lives in Bergheim, the next village, and reads German",
    home=BERGHEIM,
    language=Language.GERMAN,
)
PEOPLE = (EDDA, VERA, TOM, NORA, MIA, OTTO, CARLA, MAX, STELLA, STRANG)


class Unknown(LookupError):
    """Nobody of this name lives in the demo, or the demo has not been built."""


def find(name: str) -> Resident:
    """
    Find somebody by the name she signs in with.

    :raises Unknown: if there is nobody of this name; the words name everybody there is
    """
    person = next((person for person in PEOPLE if person.name == name.lower()), None)
    if person is None:
        names = ", ".join(person.name for person in PEOPLE)
        raise Unknown(f"Nobody is called {name!r} here. There are: {names}.")
    resident = Resident.objects.filter(pk=person.id, is_active=True).first()
    if resident is None:
        raise Unknown(f"{person.name} is not here. Build the demo with: manage.py demo")
    return resident


def is_built() -> bool:
    """Tell whether the demo has been built here."""
    return Village.objects.filter(pk=LINDENTAL.slug).exists()
