"""
The words of a mandate, as a person hears or signs them.

They are kept here and not in a translation catalogue: what somebody agreed to must stay what it
was. A changed sentence is a new version.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass

from village.core.actor import Level, Scope

VERSION = "2026-11"
_ENGLISH, _GERMAN, _JAPANESE = "en", "de", "ja"
# What counts as a yes, and nothing else does: no maybe, no silence, no second word.
YES = {_ENGLISH: "yes", _GERMAN: "ja", _JAPANESE: "はい"}
NAMES = {
    _ENGLISH: {"en": "English", "de": "German", "ja": "Japanese"},
    _GERMAN: {"en": "englische", "de": "deutsche", "ja": "japanische"},
    _JAPANESE: {"en": "英語", "de": "ドイツ語", "ja": "日本語"},
}
TITLE = {_ENGLISH: "Mandate", _GERMAN: "Vollmacht", _JAPANESE: "委任状"}
_TEXT = {
    _ENGLISH: (
        "I, {person}, allow the centre {centre} to do this in my name: {things}.\n"
        "This holds for {days}, from my yes on. I can end it at any time, all of it or a part, "
        "and need no reason.\n"
        "The centre does only what is written here, writes down all it does, and gives me the "
        "list. It never signs in as me, never reads my private conversations, and never passes "
        "this on.\n"
        "I decide this freely and for myself. The {binding} text is the one that counts."
    ),
    _GERMAN: (
        "Ich, {person}, erlaube der Stelle {centre}, in meinem Namen: {things}.\n"
        "Das gilt {days} ab meinem Ja. Ich kann es jederzeit beenden, ganz oder zum Teil, "
        "und brauche keinen Grund.\n"
        "Die Stelle tut nur, was hier steht, schreibt alles auf und gibt mir die Liste. Sie "
        "meldet sich nie als ich an, liest nie meine privaten Gespräche und gibt diese "
        "Vollmacht nicht weiter.\n"
        "Ich entscheide das frei und selbst. Es gilt der {binding} Text."
    ),
    _JAPANESE: (
        "私、{person} は、{centre} が私の名前で次のことをするのを認めます:{things}。\n"
        "「はい」と言った時から{days}有効です。いつでも、全部でも一部でも、"
        "理由なしにやめることができます。\n"
        "センターはここに書いたことだけを行い、行ったことをすべて記録し、一覧を私に渡します。"
        "私になりすましてサインインすること、私の個人的な会話を読むこと、"
        "この委任を他の人に渡すことはありません。\n"
        "私は自分の意思で決めました。正式なのは{binding}の文です。"
    ),
}
_DAYS = {
    _ENGLISH: lambda days: "one day" if days == 1 else f"{days} days",
    _GERMAN: lambda days: "einen Tag" if days == 1 else f"{days} Tage",
    _JAPANESE: lambda days: f"{days}日間",
}
_THINGS = {
    _ENGLISH: {
        Scope.NEWS_READ: "read the news to me",
        Scope.EVENTS_JOIN: "sign me up for events",
        Scope.RIDES_REQUEST: "find me rides",
        Scope.RIDES_OFFER: "write down rides I offer",
        Scope.AUTHORITY_READ: "read what the town hall writes to me",
        Scope.AUTHORITY_WRITE: "write to the town hall",
        Scope.DEFECT_REPORT: "report what is broken",
        Scope.BOARD_POST: "put things on the board",
        Scope.NOTIFICATION_SETTINGS: "choose how I am told of things",
        Scope.CONTACT_DETAILS: "keep my address and number up to date",
    },
    _GERMAN: {
        Scope.NEWS_READ: "mir die Nachrichten vorlesen",
        Scope.EVENTS_JOIN: "mich zu Veranstaltungen anmelden",
        Scope.RIDES_REQUEST: "Fahrten für mich finden",
        Scope.RIDES_OFFER: "Fahrten aufschreiben, die ich anbiete",
        Scope.AUTHORITY_READ: "lesen, was mir das Rathaus schreibt",
        Scope.AUTHORITY_WRITE: "an das Rathaus schreiben",
        Scope.DEFECT_REPORT: "melden, was kaputt ist",
        Scope.BOARD_POST: "etwas ans Brett hängen",
        Scope.NOTIFICATION_SETTINGS: "wählen, wie ich etwas erfahre",
        Scope.CONTACT_DETAILS: "meine Adresse und Nummer pflegen",
    },
    _JAPANESE: {
        Scope.NEWS_READ: "ニュースを読み聞かせる",
        Scope.EVENTS_JOIN: "行事に申し込む",
        Scope.RIDES_REQUEST: "乗せてくれる車を探す",
        Scope.RIDES_OFFER: "私が出す車の相乗りを書き込む",
        Scope.AUTHORITY_READ: "役場からの手紙を読む",
        Scope.AUTHORITY_WRITE: "役場に書く",
        Scope.DEFECT_REPORT: "壊れた物を知らせる",
        Scope.BOARD_POST: "掲示板に書く",
        Scope.NOTIFICATION_SETTINGS: "お知らせの受け取り方を選ぶ",
        Scope.CONTACT_DETAILS: "住所と電話番号を直す",
    },
}
_LEVELS = {
    _ENGLISH: {Level.READ: " (only read)", Level.PREPARE: " (only prepare)"},
    _GERMAN: {Level.READ: " (nur lesen)", Level.PREPARE: " (nur vorbereiten)"},
    _JAPANESE: {Level.READ: "(読むだけ)", Level.PREPARE: "(準備だけ)"},
}


@dataclass(frozen=True, slots=True)
class Wording:
    """Hold the exact words, in the language shown and in the one that counts."""

    language: str
    text: str
    binding_language: str
    binding_text: str
    version: str = VERSION

    @property
    def hash(self) -> str:
        """Give the SHA-256 of everything that was shown, in hexadecimal digits."""
        parts = (
            self.version,
            self.language,
            self.text,
            self.binding_language,
            self.binding_text,
        )
        return hashlib.sha256("\x1e".join(parts).encode()).hexdigest()


def wording(
    *,
    language: str,
    binding_language: str,
    person: str,
    centre: str,
    scopes: Iterable[Scope],
    levels: dict[str, str],
    days: int,
) -> Wording:
    """Write a mandate in the person's language, and in the one that counts in her village."""
    scopes = sorted(scopes)

    def write(shown: str) -> str:
        things = (_THINGS[shown][each] + _level(shown, levels.get(each)) for each in scopes)
        return _TEXT[shown].format(
            person=person,
            centre=centre,
            things=("、" if shown == _JAPANESE else "; ").join(things),
            days=_DAYS[shown](days),
            binding=NAMES[shown][binding_language],
        )

    return Wording(language, write(language), binding_language, write(binding_language))


def is_yes(said: str, *, languages: Iterable[str]) -> bool:
    """Tell whether somebody clearly said yes; anything unclear is a no."""
    spoken = re.sub(r"[\s.!。!]+$", "", said).strip().casefold()
    return spoken in {YES[language] for language in languages}


def _level(language: str, level: str | None) -> str:
    return _LEVELS[language].get(Level(level), "") if level else ""
