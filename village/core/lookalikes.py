"""
Names that look like other names, after Unicode TS 39 (https://www.unicode.org/reports/tr39/).

Two names are alike when their skeletons are (section 4); a name that mixes scripts as no language
does is refused (section 5.2, "highly restrictive"). The table is our own and small: letters of the
scripts that people here write or that are used to imitate them, each with what it is mistaken for.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping
from typing import Final

# What each letter on the left is taken for; the rest of a line is taken for its first letter.
_ALIKE: Final = (
    "aаɑα",
    "bЬьƄ",
    "cсϲ",
    "dԁɗ",
    "eеєεҽ",
    "gɡց",
    "hһհ",
    "iіıɩιӏ1l|ⅼІ",
    "jјϳ",
    "kκкқ",
    "mмⅿ",
    "nոпη",
    "oоοσօ0٥〇",
    "pрρ",
    "qԛզ",
    "rгᴦ",
    "sѕʂ5",
    "tтτ",
    "uυսμ",
    "vѵνⅴ",
    "wԝѡω",
    "xхχⅹ",
    "yуүγ",
    "zᴢʐ",
    "3зӡʒ",
    "ー一―—–-‐‑−",
    "ロ口",
    "カ力",
    "ニ二",
    "エ工",
    "タ夕",
    "ハ八",
    "ト卜",
    "へヘ",
    "べベ",
    "ぺペ",
    "りリ",
    "オ才",
    "チ千",
    "ミ三",
    "ム厶",
)
_TAKEN_FOR: Final[Mapping[int, str]] = {
    ord(letter): line[0] for line in _ALIKE for letter in line[1:]
}
# Two letters that are taken for one, after everything else.
_PAIRS: Final = (("rn", "m"), ("vv", "w"), ("cl", "d"))
# How the official names of letters begin in each script.
_SCRIPTS: Final = {
    "LATIN": "latin",
    "FULLWIDTH LATIN": "latin",
    "CJK": "han",
    "HIRAGANA": "kana",
    "KATAKANA": "kana",
    "HALFWIDTH KATAKANA": "kana",
}
# What one language writes together: Japanese with Latin letters between.
_TOGETHER: Final = frozenset({"latin", "han", "kana"})


def skeleton(name: str) -> str:
    """Give what a name looks like; whatever has the same skeleton may be taken for it."""
    plain = unicodedata.normalize("NFKD", name).casefold()
    letters = (
        letter
        for letter in unicodedata.normalize("NFKD", plain)
        if unicodedata.category(letter)[0] not in "MCZ" and letter not in "'’.,"
    )
    seen = "".join(letters).translate(_TAKEN_FOR)
    for pair, one in _PAIRS:
        seen = seen.replace(pair, one)
    return seen


def is_mixed(name: str) -> bool:
    """Tell whether a name has letters of scripts that no language writes together."""
    scripts = {_script(letter) for letter in name if unicodedata.category(letter)[0] == "L"}
    return len(scripts) > 1 and not scripts <= _TOGETHER


def is_hidden(name: str) -> bool:
    """Tell whether a name has letters that nobody sees, or that turn the line around."""
    return any(unicodedata.category(letter) in ("Cc", "Cf", "Co", "Cn") for letter in name)


def alike(name: str, others: Iterable[str]) -> str | None:
    """Give the first of other names for which a name may be taken."""
    seen = skeleton(name)
    return next((other for other in others if skeleton(other) == seen), None)


def _script(letter: str) -> str:
    named = unicodedata.name(letter, "")
    for beginning, script in _SCRIPTS.items():
        if named.startswith(beginning):
            return script
    return named.partition(" ")[0]
