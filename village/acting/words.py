"""What was done in somebody's name, in words that people use."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from village.core.actor import Scope

# What a helper did, said to the person it was done for. By the kind of the fact in the journal;
# the rooms name theirs, and never rename them.
DEEDS = {
    "acting.act_carried_out": _("confirmed with you what had been prepared"),
    "acting.act_dropped": _("crossed out what had been prepared"),
    "acting.act_prepared": _("prepared something for a yes"),
    "acting.session_begun": _("sat down with you, or called you"),
    "acting.session_ended": _("said goodbye"),
    "alerts.answer_given": _("told the village how you are"),
    "carpool.booking_cancelled": _("cancelled your seat in a car"),
    "carpool.booking_confirmed": _("said to a driver that you come along"),
    "carpool.feedback_given": _("told the moderator how a ride went"),
    "carpool.match_found": _("found somebody whose way fits yours"),
    "carpool.person_known": _("wrote down whom you know"),
    "carpool.profile_said": _("wrote down where your lifts begin"),
    "carpool.request_withdrawn": _("took back your search for a ride"),
    "carpool.ride_cancelled": _("called off your ride"),
    "carpool.ride_changed": _("changed your ride"),
    "carpool.ride_offered": _("offered a ride in your name"),
    "carpool.ride_requested": _("looked for a ride for you"),
    "carpool.ride_still_on": _("said that you still drive"),
    "carpool.rider_arrived": _("said that you have arrived"),
    "carpool.rider_boarded": _("said that you are on board"),
    "carpool.series_begun": _("wrote down a ride that repeats"),
    "carpool.series_changed": _("left a day out of a ride that repeats"),
    "carpool.series_ended": _("ended a ride that repeats"),
    "carpool.seats_booked": _("asked a driver for a seat for you"),
    "events.attendance_changed": _("changed how you come to an event"),
    "events.attendance_confirmed": _("signed you up for an event"),
    "events.attendance_promoted": _("moved somebody up from the waiting list"),
    "events.attendance_waitlisted": _("put you on a waiting list"),
    "events.attendance_withdrawn": _("took you off an event"),
    "events.event_announced": _("wrote down an event"),
    "events.event_published": _("announced an event"),
    "events.occurrence_cancelled": _("called off an event"),
    "messaging.case_opened": _("wrote to the town hall"),
    "messaging.defect_reported": _("told the town hall that something is broken"),
    "messaging.message_written": _("answered the town hall"),
    "news.article_read": _("read an article to you"),
    "notifications.preference_set": _("changed how you are told of things"),
    "residents.contact_changed": _("changed your address or number at the town hall"),
}
# What no mandate covers: nobody ever does it in somebody else's name.
NEVER = frozenset(
    {
        "acting.graduation_suggested",
        "acting.statement_made",
        "alerts.alert_discarded",
        "alerts.alert_drafted",
        "alerts.alert_expired",
        "alerts.alert_released",
        "alerts.roll_call_ended",
        "alerts.roll_call_forgotten",
        "alerts.roll_call_opened",
        "alerts.source_forgotten",
        "alerts.source_heard",
        "assist.accreditation_changed",
        "assist.card_ended",
        "assist.card_issued",
        "assist.centre_changed",
        "assist.centre_closed",
        "assist.centre_opened",
        "assist.consent_recorded",
        "assist.everything_frozen",
        "assist.mandate_declined",
        "assist.mandate_granted",
        "assist.mandate_narrowed",
        "assist.mandate_proposed",
        "assist.mandate_put_forward",
        "assist.mandate_resumed",
        "assist.mandate_revoked",
        "assist.mandate_suspended",
        "assist.person_registered",
        "assist.pin_changed",
        "assist.reach_changed",
        "assist.volunteer_assigned",
        "assist.volunteer_proposed",
        "assist.volunteer_released",
        "assist.volunteer_vouched_for",
        "carpool.bench_connected",
        "bulletin.bulletin_published",
        "carpool.booking_answered",
        "carpool.feedback_settled",
        "carpool.partner_validated",
        "carpool.partner_wrote",
        "carpool.request_erased",
        "carpool.ride_erased",
        "carpool.booking_expired",
        "carpool.driver_asked",
        "carpool.match_proposed",
        "carpool.rider_missed",
        "carpool.rider_taken",
        "carpool.rules_set",
        "carpool.seat_given_up",
        "carpool.stop_closed",
        "carpool.stop_opened",
        "residents.board_name_chosen",
        "residents.language_chosen",
        "entrance.came_back",
        "entrance.card_printed",
        "entrance.card_revoked",
        "entrance.household_invited",
        "entrance.invitation_accepted",
        "entrance.invitation_withdrawn",
        "entrance.let_in_again",
        "entrance.letter_asked",
        "entrance.letters_printed",
        "entrance.residency_raised",
        "entrance.return_stopped",
        "entrance.return_vouched",
        "entrance.vouch_given",
        "events.event_erased",
        "federation.sharing_asked",
        "federation.sharing_begun",
        "federation.sharing_ended",
        "institutions.badge_granted",
        "institutions.badge_proposed",
        "institutions.badge_withdrawn",
        "messaging.case_acknowledged",
        "messaging.case_referred",
        "messaging.case_resolved",
        "messaging.defect_pictured",
        "messaging.defects_named",
        "messaging.department_opened",
        "news.article_corrected",
        "news.article_pictured",
        "news.article_published",
        "news.article_retracted",
        "notifications.call_made",
        "notifications.inbox_read",
        "notifications.letters_carried",
        "notifications.notification_made",
        "notifications.notification_read",
        "residents.consent_given",
        "residents.consent_withdrawn",
        "residents.erasure_done",
        "residents.export_ready",
        "residents.resident_blocked",
        "residents.resident_erased",
        "residents.resident_joined",
        "residents.resident_left",
        "residents.resident_unblocked",
        "residents.role_granted",
        "residents.role_proposal_dropped",
        "residents.role_proposed",
        "residents.role_withdrawn",
        "stewardship.key_ended",
        "stewardship.key_made",
        "stewardship.key_rotated",
        "stewardship.village_set_up",
    }
)


# Under which scope something is done, by how its kind begins; the longest beginning counts.
SCOPES_OF = {
    "board.": Scope.BOARD_POST,
    "carpool.": Scope.RIDES_REQUEST,
    "carpool.ride_": Scope.RIDES_OFFER,
    "carpool.ride_requested": Scope.RIDES_REQUEST,
    "carpool.rider_": Scope.RIDES_REQUEST,
    "events.": Scope.EVENTS_JOIN,
    "events.event_": Scope.BOARD_POST,
    "events.occurrence_": Scope.BOARD_POST,
    "messaging.": Scope.AUTHORITY_WRITE,
    "messaging.defect_": Scope.DEFECT_REPORT,
    "news.": Scope.NEWS_READ,
    "notifications.": Scope.NOTIFICATION_SETTINGS,
    "residents.contact_": Scope.CONTACT_DETAILS,
}
# What a coordinator reads of a refusal, by the code that was told.
REFUSED = {
    "assist.card_expired": _("the person's card no longer works"),
    "assist.code_refused": _("a code that is wrong, or was used before"),
    "assist.frozen": _("the person stopped everything not long ago"),
    "assist.mandate_ended": _("the mandate has ended"),
    "assist.mandate_unknown": _("a mandate that is not hers"),
    "assist.needs_two": _("a second volunteer is needed for it"),
    "assist.no_session": _("the person was not with her"),
    "assist.only_prepared": _("it may only be prepared"),
    "assist.out_of_scope": _("the mandate does not cover it"),
    "assist.session_elsewhere": _("she was with somebody else"),
    "forbidden": _("it is not hers to do"),
    "not_found": _("it is not hers to see"),
    "rate.limited": _("too many tries"),
}


# What the person may expect of it; the rest is done when it is done.
EXPECTATIONS = {
    "acting.act_prepared": _("What was prepared is done only when you, or a second person, agree."),
    "carpool.ride_requested": _("As soon as somebody drives your way, you hear of it."),
    "carpool.seats_booked": _("The driver says yes or no. You are told either way."),
    "events.attendance_confirmed": _("You are on the list. You only have to come."),
    "events.attendance_waitlisted": _("When a place becomes free, you are told."),
    "messaging.case_opened": _("The town hall answers you, in the way you chose."),
    "messaging.defect_reported": _("The town hall sees to it, and you are told how far it is."),
    "messaging.message_written": _("The town hall answers you, in the way you chose."),
}


def expect(kind: str) -> str:
    """Say what comes of a fact of this kind; empty where nothing more does."""
    return str(EXPECTATIONS.get(kind, ""))


def scope_of(kind: str) -> Scope | None:
    """Give the scope under which a fact of this kind is done; none frames an act only."""
    fitting = [begins for begins in SCOPES_OF if kind.startswith(begins)]
    return SCOPES_OF[max(fitting, key=len)] if fitting and kind in DEEDS else None


def refused(code: str) -> str:
    """Say what somebody was refused for."""
    return str(REFUSED.get(code) or _("a rule of the village said no"))


def deed(kind: str) -> str:
    """Say what a fact of this kind was."""
    return str(DEEDS.get(kind) or _("did something that this village has no words for any more"))
