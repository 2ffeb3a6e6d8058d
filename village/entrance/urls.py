from __future__ import annotations

from django.urls import URLPattern, path

from village.entrance.pages import account, coming_back, letting_in, sessions, showing, ways_in

urlpatterns: list[URLPattern] = [
    path("sign-in/card", ways_in.card, name="sign-in-card"),
    path("invitation", ways_in.invitation, name="invitation"),
    path("me/second-lock", ways_in.second_lock, name="second-lock"),
    path("sign-in/lost", coming_back.lost, name="lost"),
    path("me/neighbour-cannot-get-in", coming_back.vouch_for_return, name="vouch-for-return"),
    path("me/new-neighbour", showing.new_neighbour, name="new-neighbour"),
    path("me/sessions", sessions.sessions, name="sessions"),
    path("me/recovery", coming_back.stop_recovery, name="stop-recovery"),
    path("me/passkeys", account.passkeys, name="passkeys"),
    path("me/phone", account.phone, name="my-phone"),
    path("me/card", account.my_card, name="my-card"),
    path("villages/<slug:v>/invitations", letting_in.invitations, name="invitations"),
    path(
        "invitations/<uuid:invitation_id>/withdraw",
        letting_in.withdraw_invitation,
        name="withdraw-invitation",
    ),
    path("villages/<slug:v>/letters/ask", showing.ask_for_letter, name="ask-for-letter"),
    path("villages/<slug:v>/introduction", showing.introduce_oneself, name="introduction"),
    path("villages/<slug:v>/letters", letting_in.letters, name="letters"),
    path("villages/<slug:v>/cards", letting_in.cards, name="sign-in-cards"),
]
