"""The town hall of the demo: its departments, and the matters brought to it."""

from __future__ import annotations

from datetime import datetime, timedelta

from demo.ground import as_, give_role, if_allowed, vera_for_edda
from demo.people import LINDENTAL, NORA, OTTO, TOM, id_of
from village.core.actor import Actor
from village.core.geo import Point
from village.messaging.actions import (
    acknowledge_case,
    open_case,
    report_defect,
    write_message,
)
from village.messaging.models import Case, Category, Department
from village.residents.contacts import contact_of, keep_contact
from village.residents.models import Role
from village.residents.queries import is_member

CITIZENS = id_of("departments/buergerbuero")
ROADS = id_of("departments/bauhof")
LAMP = "Die Laterne an der Linde ist dunkel"
BIN = "Wann wird die gelbe Tonne geleert?"
HOLE = "Weg und Straße: Mühlgrund, vor der Brücke"
NORAS_ADDRESS = "Mühlgrund 4\n95499 Lindental"
# Social and medical matters: where Edda is helped, two volunteers have to agree.
CARE = "Soziales und Pflege"
DEPARTMENTS = {
    CITIZENS: (
        "Bürgerbüro",
        "Ausweise, Meldungen, Anträge und alles, wofür kein anderer zuständig ist.",
        ("Ausweis und Meldung", "Abfall", CARE, "Sonstiges"),
    ),
    ROADS: (
        "Bauhof",
        "Wege, Laternen, Spielplatz, Winterdienst.",
        ("Straßenlaterne", "Weg und Straße", "Spielplatz", "Winterdienst"),
    ),
}


def open_departments(at: datetime) -> None:
    """Open the town hall's two departments; Otto is the clerk of both."""
    for pk, (name, about, categories) in DEPARTMENTS.items():
        department, is_new = Department.objects.get_or_create(
            pk=pk,
            defaults={
                "village_id": LINDENTAL.slug,
                "name": name,
                "about": about,
                "created_at": at,
            },
        )
        if not is_new:
            continue
        for category in categories:
            Category.objects.create(
                village_id=LINDENTAL.slug,
                department=department,
                name=category,
                confidential=category == CARE,
                defect=pk == ROADS,
                created_at=at,
            )
        give_role(OTTO, Role.CLERK, of=pk, at=at)


def bring_matters(at: datetime) -> None:
    """Bring Edda's lamp and Nora's question to the town hall; Otto has answered about the lamp."""
    if not _is_known(LAMP):
        with if_allowed():
            _bring_the_lamp(at)
    if not _is_known(BIN):
        with if_allowed():
            _bring(
                as_(NORA),
                category=Category.objects.get(department=CITIZENS, name="Abfall"),
                title=BIN,
                text="Wir wohnen seit einem Jahr im Mühlgrund und haben keinen Kalender bekommen.",
                at=at - timedelta(hours=5),
            )
    if not _is_known(HOLE):
        with if_allowed():
            _report_the_hole(at)


def leave_an_address(at: datetime) -> None:
    """Let Nora leave her address with the town hall, once."""
    if is_member(as_(NORA), LINDENTAL.slug) and contact_of(NORA.id).changed_at is None:
        keep_contact(by=as_(NORA), address=NORAS_ADDRESS, phone="", at=at)


def _bring_the_lamp(at: datetime) -> None:
    lamp = _bring(
        vera_for_edda(at),
        category=Category.objects.get(department=ROADS, name="Straßenlaterne"),
        title=LAMP,
        text=(
            "Seit Montag brennt die Laterne gegenüber der Linde nicht mehr. Frau Lindner geht "
            "dort abends vom Singkreis nach Hause und sieht die Stufen nicht."
        ),
        at=at - timedelta(days=2),
    )
    acknowledge_case(by=as_(OTTO), case_id=lamp.pk, at=at - timedelta(days=1, hours=20))
    write_message(
        by=as_(OTTO),
        case_id=lamp.pk,
        text="Danke für den Hinweis. Der Bauhof tauscht die Lampe bis Freitag.",
        at=at - timedelta(days=1, hours=19),
    )


def _report_the_hole(at: datetime) -> None:
    hole = report_defect(
        by=as_(TOM),
        village=LINDENTAL.slug,
        category_id=Category.objects.get(department=ROADS, name="Weg und Straße").pk,
        text="Mit dem Fahrrad kommt man kaum noch vorbei.",
        place="Mühlgrund, vor der Brücke",
        point=Point(LINDENTAL.lat, LINDENTAL.lng),
        at=at - timedelta(days=1),
    )
    acknowledge_case(by=as_(OTTO), case_id=hole.pk, at=at - timedelta(hours=20))


def _bring(by: Actor, *, category: Category, title: str, text: str, at: datetime) -> Case:
    return open_case(
        by=by,
        village=LINDENTAL.slug,
        department_id=category.department_id,
        category_id=category.pk,
        title=title,
        text=text,
        at=at,
    )


def _is_known(title: str) -> bool:
    return Case.objects.filter(village=LINDENTAL.slug, title=title).exists()
