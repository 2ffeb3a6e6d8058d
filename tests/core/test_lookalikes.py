"""Names that look like other names."""

from __future__ import annotations

import pytest

from village.core.lookalikes import alike, is_hidden, is_mixed, skeleton

pytestmark = pytest.mark.once


class TestSkeletons:
    @pytest.mark.parametrize(
        "imitation",
        [
            "Rathaus Lindental",
            "RATHAUS LINDENTAL",
            "Rаthaus Lindental",  # Cyrillic а
            "Rathaus Lindentaӏ",
            "Rathaus Lindenta1",
            "Rathaus  Lindental.",
            "Ｒａｔｈａｕｓ Lindental",
            "Ráthaus Lindental",
            "Rat\u200bhaus Lindental",
            "Rathaus Lіndеntal",
        ],
    )
    def test_are_those_of_what_a_name_is_taken_for(self, imitation: str) -> None:
        assert alike(imitation, ["Bote", "Rathaus Lindental"]) == "Rathaus Lindental"

    @pytest.mark.parametrize("other", ["Rathaus Bergheim", "Lindental", "Rathaus Lindenthal", ""])
    def test_of_other_names_are_others(self, other: str) -> None:
        assert alike(other, ["Rathaus Lindental"]) is None

    def test_know_letters_that_are_taken_for_one(self) -> None:
        assert skeleton("Modem") == skeleton("Modern")
        assert skeleton("カ口ニー") == skeleton("力ロ二一")

    def test_do_not_change_when_taken_again(self) -> None:
        for name in ("Grüße aus Straßburg", "ﬁrn", "Ⅸ", "村の便り", "İstanbul", "Ωmega"):
            assert skeleton(skeleton(name)) == skeleton(name)


class TestScripts:
    @pytest.mark.parametrize("name", ["Rаthaus", "Gеmeinde", "Αthen Bus", "Bote村пресса", "Dорf"])
    def test_that_nobody_writes_together_are_mixed(self, name: str) -> None:
        assert is_mixed(name)

    @pytest.mark.parametrize(
        "name",
        [
            "Bücherei Sankt Ägidius",
            "村の便り News 2026",
            "カフェ",
            "Сельсовет 3",
            "Αθήνα",
            "O’Neill",
        ],
    )
    def test_that_are_written_together_are_not(self, name: str) -> None:
        assert not is_mixed(name)

    @pytest.mark.parametrize("name", ["a\u200bb", "a\u202eb", "a\u2066b", "a\ufeff", "a\ue000"])
    def test_with_hidden_letters_are_found(self, name: str) -> None:
        assert is_hidden(name)
        assert not is_hidden("Bücherei")
