"""The slip that a person takes home: what was done, what comes of it, how to stop it."""

from __future__ import annotations

from django.utils import timezone, translation
from django.utils.formats import date_format, time_format
from django.utils.translation import gettext as _

from village.acting import queries
from village.acting.account import expectations_of, lines_of
from village.acting.models import AssistedSession, Place
from village.core.paper import Sheet
from village.residents.queries import village_or_404


def slip_of(session: AssistedSession) -> bytes:
    """Print the slip of a session, in the person's language and on her village's clock: a PDF."""
    person, centre = session.mandate.person, session.mandate.centre
    zone = village_or_404(session.village_id).tzinfo
    with translation.override(person.language), timezone.override(zone):
        sheet = Sheet(_("Your time with %(centre)s") % {"centre": centre.name}, at=session.over_at)
        begun = timezone.localtime(session.starts_at)
        sheet.facts(
            [
                (_("For"), person.display_name),
                (_("When"), f"{date_format(begun, 'DATE_FORMAT')}, {time_format(begun, 'H:i')}"),
                (_("Where"), str(Place(session.place).label)),
                (_("With"), session.volunteer.display_name),
                (_("What for"), session.purpose),
            ]
        )
        entries = list(queries.deeds_of(session))
        sheet.heading(_("What we did"))
        for line in lines_of(entries, with_day=False):
            sheet.text(str(line))
        if not entries:
            sheet.text(_("We looked at things together. Nothing was sent or changed."))
        if expected := expectations_of(entries):
            sheet.heading(_("What to expect"))
            for words in expected:
                sheet.text(words)
        sheet.heading(_("If you change your mind"))
        sheet.text(
            _("Call the centre, or come by. What can be undone is undone, and nobody asks why.")
        )
        sheet.text(
            _("You can end the help itself at any time, also with the code on your card alone.")
        )
        sheet.heading(_("Whom to call"))
        for words in (centre.name, centre.address, centre.phone):
            if words:
                sheet.text(words, bold=words == centre.phone)
        if entries and entries[-1].number is not None and entries[-1].hash is not None:
            sheet.text(
                _("Kept as number %(number)d of the village's ledger, with the mark %(mark)s.")
                % {"number": entries[-1].number, "mark": bytes(entries[-1].hash).hex()[:16]}
            )
        return sheet.pdf()
