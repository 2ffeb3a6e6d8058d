"""Letters that stay in the house."""

from __future__ import annotations

import pytest

from notifications.transports.base import Address, AddressKind, Letter, Transport
from notifications.transports.development import DevelopmentTransport
from tests.support.letters import make_letter


class TestSend:
    def test_hands_every_letter_to_the_sink_in_order(self):
        kept: list[tuple[Address, Letter]] = []
        batch = [(Address(kind, "edda"), make_letter(title=kind.value)) for kind in AddressKind]

        outcomes = DevelopmentTransport(lambda *letter: kept.append(letter)).send(batch)

        assert kept == batch
        assert all(outcome.accepted for outcome in outcomes)
        assert len({outcome.provider_id for outcome in outcomes}) == len(batch)

    def test_does_nothing_with_nothing(self):
        assert DevelopmentTransport(pytest.fail).send([]) == []

    def test_says_so_when_the_sink_is_broken(self):
        def broken(address: Address, letter: Letter) -> None:
            raise RuntimeError("the table is gone")

        with pytest.raises(RuntimeError, match="the table is gone"):
            DevelopmentTransport(broken).send(
                [(Address(AddressKind.DEVELOPMENT, "edda"), make_letter())]
            )

    def test_is_a_transport(self):
        checked: Transport = DevelopmentTransport(lambda *_: None)

        assert checked.name == "development"
