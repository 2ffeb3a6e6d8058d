"""Who may announce, come, and cancel."""

from __future__ import annotations

from django.utils.translation import gettext as _

from events.models import Event
from events.queries import keeps_order
from village.core.actor import SYSTEM, Actor, Scope
from village.core.errors import OutOfScope
from village.core.policy import ALLOWED, Verdict, denied, hidden
from village.residents.queries import blocked_with, is_member


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
    if not own and event.published_at is None:
        return hidden()
    apart = event.organiser_id in blocked_with(by.principal_id)
    return hidden() if apart and not keeps_order(by, event.village_id) else ALLOWED


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
    if keeps_order(by, event.village_id):
        return ALLOWED
    return denied(_("Only who organises an event, a moderator or the steward cancels it."))


def may_free_places(by: Actor) -> Verdict:
    """Say whether the actor may free the places of somebody who has left: the village itself."""
    return ALLOWED if by == SYSTEM else denied(_("Everybody withdraws for herself."))
