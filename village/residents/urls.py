from __future__ import annotations

from django.urls import URLPattern, path

from village.residents import pages

urlpatterns: list[URLPattern] = [
    path("me/contact", pages.my_contact, name="my-contact"),
    path("me/language", pages.choose_language, name="choose-language"),
    path("me/data", pages.my_data, name="my-data"),
    path("me/data/export", pages.ask_for_export, name="ask-for-export"),
    path("me/data/consents/<slug:subject>", pages.change_consent, name="change-consent"),
    path("me/data/board-name", pages.choose_board_name, name="choose-board-name"),
    path("me/data/unblock", pages.unblock, name="unblock"),
    path("me/data/erase", pages.erase_me, name="erase-me"),
]
