"""Who may announce, come, and cancel."""

from __future__ import annotations

from django.utils.translation import gettext as _

from events.models import Event
from village.core.actor import SYSTEM, Actor, Scope
from village.core.errors import OutOfScope
from village.core.policy import ALLOWED, Verdict, denied, hidden
from village.residents.models import Role
from village.residents.queries import holds, is_member


def may_announce(by: Actor, village: str) -> Verdict:
    """Say whether the actor may announce an event in a village: every member may."""
    if not is_member(by, village):
        return hidden()
    return ALLOWED if by.may(Scope.BOARD_POST) else Verdict(OutOfScope())


def may_see(by: Actor, event: Event) -> Verdict:
    """Say whether the actor may see an event: members the board, its organiser a draft too."""
    if not is_member(by, event.village_id):
        return hidden()
    own = event.organiser_id == by.principal_id and by.may(Scope.BOARD_POST)
    return ALLOWED if own or event.published_at is not None else hidden()


def may_publish(by: Actor, event: Event) -> Verdict:
    """Say whether the actor may put an event onto the board: its organiser may."""
    if not (seen := may_see(by, event)):
        return seen
    if not by.may(Scope.BOARD_POST):
        return Verdict(OutOfScope())
    if event.organiser_id == by.principal_id:
        return ALLOWED
    return denied(_("Only who organises an event publishes it."))


def may_attend(by: Actor, event: Event) -> Verdict:
    """Say whether the actor may sign up or withdraw: every member may, for herself."""
    if not (seen := may_see(by, event)):
        return seen
    return ALLOWED if by.may(Scope.EVENTS_JOIN) else Verdict(OutOfScope())


def may_cancel(by: Actor, event: Event) -> Verdict:
    """Say whether the actor may cancel a date: the organiser, a moderator or the steward."""
    if not (seen := may_see(by, event)):
        return seen
    if not by.may(Scope.BOARD_POST):
        return Verdict(OutOfScope())
    if event.organiser_id == by.principal_id:
        return ALLOWED
    if holds(by, event.village_id, Role.MODERATOR, Role.STEWARD):
        return ALLOWED
    return denied(_("Only who organises an event, a moderator or the steward cancels it."))


def may_free_places(by: Actor) -> Verdict:
    """Say whether the actor may free the places of somebody who has left: the village itself."""
    return ALLOWED if by == SYSTEM else denied(_("Everybody withdraws for herself."))
