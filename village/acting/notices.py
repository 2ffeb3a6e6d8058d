"""Each month, and after each call, a person hears what was done in her name, by her own way."""

from __future__ import annotations

from uuid import UUID

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from village.acting import queries
from village.acting.account import expectations_of, lines_of
from village.acting.facts import GraduationSuggested, SessionEnded, StatementMade
from village.acting.models import Place
from village.assist.words import SCOPES
from village.core.actor import Scope
from village.journal.notices import Importance, Notice, Words

# A letter is no book; the rest is in the ledger.
LINES_MAX = 200


def _person(fact: StatementMade | SessionEnded | GraduationSuggested) -> list[UUID]:
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


def _after_a_call(fact: SessionEnded) -> Words | None:
    """Say what the slip says, to whom nobody could hand it."""
    session = queries.session_of(fact.session)
    if session is None or session.place != Place.PHONE:
        return None
    entries = list(queries.deeds_of(session))
    lines = [str(line) for line in lines_of(entries, with_day=True)]
    if not lines:
        lines = [_("We looked at things together. Nothing was sent or changed.")]
    lines += expectations_of(entries)
    lines.append(_("Is something wrong? Call your centre. You can end the help at any time."))
    return Words(
        title=_("Your call with %(centre)s") % {"centre": session.mandate.centre.name},
        body="\n".join(lines),
        link=f"/sessions/{session.pk}",
    )


def _graduation(fact: GraduationSuggested) -> Words | None:
    found = queries.graduation_of(fact.graduation)
    if found is None or not found.is_open:
        return None
    return Words(
        title=_("You do this by yourself now."),
        body=_(
            "%(centre)s may still %(scope)s. If you like, take that out of the mandate. "
            "You can also leave everything as it is."
        )
        % {"centre": found.mandate.centre.name, "scope": SCOPES[Scope(found.scope)]},
        link=f"/mandates/{found.mandate_id}",
    )


# No helper chooses where they go, or reads them.
Notice(
    "acting.statement",
    of=StatementMade,
    audience=_person,
    words=_statement,
    importance=Importance.PERSONAL,
    scope=None,
    goes_her_way=True,
)
Notice(
    "acting.after_a_call",
    of=SessionEnded,
    audience=_person,
    words=_after_a_call,
    importance=Importance.PERSONAL,
    scope=None,
    goes_her_way=True,
)
Notice(
    "acting.graduation",
    of=GraduationSuggested,
    audience=_person,
    words=_graduation,
    importance=Importance.PERSONAL,
    scope=None,
    goes_her_way=True,
)
