"""How many parts a text message has, each of which is paid for."""

from __future__ import annotations

import pytest

from village.core.sms.length import cut, is_plain, parts, plainly


class TestAMessage:
    @pytest.mark.parametrize(
        ("text", "number"),
        [
            ("", 1),
            ("a" * 160, 1),
            ("a" * 161, 2),
            ("Grüße aus Øre für 3 £" + "a" * 139, 1),
            ("a" * 306, 2),
            ("a" * 307, 3),
            # Each takes an escape before it.
            ("€" * 80, 1),
            ("€" * 81, 2),
            ("村" * 70, 1),
            ("村" * 71, 2),
            ("かな" * 67, 2),
            ("かな" * 68, 3),
            # One letter that is none of these, and all of it takes more room.
            ("a" * 70 + "á", 2),
            ("🌊" * 35, 1),
            ("🌊" * 36, 2),
        ],
    )
    def test_has_as_many_parts_as_a_provider_counts(self, text: str, number: int) -> None:
        assert parts(text) == number

    def test_is_plain_without_what_a_keyboard_put_in(self) -> None:
        typed = "„Warten“ – bis’s hell wird…"
        assert not is_plain(typed)
        assert plainly(typed) == '"Warten" - bis\'s hell wird...'
        # Where it helps nothing, nothing is changed.
        assert plainly("川 – 水") == "川 – 水"

    def test_is_cut_where_it_is_too_long_and_keeps_its_end(self) -> None:
        for letter in "aä€か🌊":
            said = cut(letter * 999, "\nhttps://village.example/alerts/1", 2)
            assert parts(said) == 2
            assert said.endswith("...\nhttps://village.example/alerts/1")
            # Not one letter more would have fitted.
            assert parts(letter + said) == 3
        assert cut("short", "\nend", 1) == "short\nend"

    def test_is_its_end_alone_where_there_is_room_for_nothing_else(self) -> None:
        link = "https://village.example/" + "a" * 500
        assert cut("words", f"\n{link}", 2) == link
