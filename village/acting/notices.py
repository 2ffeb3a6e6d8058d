"""Each month a person hears what was done in her name, in the way she chose."""

from __future__ import annotations

from uuid import UUID

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from village.acting import queries
from village.acting.account import lines_of
from village.acting.facts import StatementMade
from village.journal.notices import Importance, Notice, Words

# A letter is no book; the rest is in the ledger.
LINES_MAX = 200


def _person(fact: StatementMade) -> list[UUID]:
    return [fact.person]


def _statement(fact: StatementMade) -> Words | None:
    found = queries.statement_of(fact.statement)
    if found is None:
        return None
    entries = queries.ledger_between(
        found.person_id, found.village_id, found.begins_at, found.ends_at
    )
    month = date_format(timezone.localtime(found.begins_at), "YEAR_MONTH_FORMAT")
    lines = [str(line) for line in lines_of(entries[:LINES_MAX], with_day=True)]
    if found.acts > len(lines):
        lines.append(_("And %(number)d more.") % {"number": found.acts - len(lines)})
    if not lines:
        lines = [_("Nobody did anything in your name this month.")]
    lines.append(_("Is something wrong? Call your centre. You can end the help at any time."))
    lines.append(
        _("The village's ledger stood at number %(number)d, with the mark %(mark)s.")
        % {"number": found.number, "mark": found.mark[:16]}
    )
    return Words(
        title=_("What was done in your name in %(month)s") % {"month": month},
        body="\n".join(lines),
        link="/helping/ledger",
    )


Notice(
    "acting.statement",
    of=StatementMade,
    audience=_person,
    words=_statement,
    importance=Importance.PERSONAL,
    # No helper chooses where it goes, or reads it.
    scope=None,
)
