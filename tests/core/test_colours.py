"""A colour is taken when everybody can read it."""

from __future__ import annotations

import pytest

from village.core.colours import contrast, is_readable


class TestContrast:
    def test_is_that_of_the_guidelines(self) -> None:
        assert contrast("#000000", "#ffffff") == pytest.approx(21)
        assert contrast("#767676", "#ffffff") == pytest.approx(4.54, abs=0.01)

    @pytest.mark.parametrize(
        ("colour", "readable"),
        [("#1d5e42", True), ("#98231f", True), ("#ffdf94", False), ("#767676", False)],
    )
    def test_must_hold_on_paper_too(self, colour: str, readable: bool) -> None:
        assert is_readable(colour) is readable
