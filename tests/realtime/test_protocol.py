"""What a session makes of a frame: the short way for acknowledgements is only a short way."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from village.realtime.protocol import ACK_COSTS, FRAMES_BURST, Ack, Close, Command, Hangup, Session

pytestmark = pytest.mark.once
FOLLOWED = "villages/lindental/news"
TOPICS = st.sampled_from([FOLLOWED, "villages/bergheim/news", "", "a b", 'a"b', "ä", "a" * 201])
NUMBERS = st.one_of(
    st.integers(-(2**70), 2**70), st.floats(), st.booleans(), st.none(), st.text(max_size=3)
)


def greeted() -> Session:
    """Give a session that follows one stream."""
    session = Session(0.0)
    session.greeted = True
    session.subscribe(FOLLOWED, None)
    return session


def said(text: str) -> Command | None:
    return greeted().receive(text, 0.0)


class TestAnAcknowledgement:
    @given(topic=TOPICS, seq=NUMBERS)
    def test_means_the_same_however_it_is_written(self, topic: str, seq: Any) -> None:
        frame = {"type": "ack", "topic": topic, "seq": seq}
        backwards = dict(reversed(frame.items()))

        compact = said(json.dumps(frame, separators=(",", ":"), ensure_ascii=False))

        assert compact == said(json.dumps(frame)) == said(json.dumps(backwards))

    def test_names_how_far_the_client_has_come(self) -> None:
        assert said(f'{{"type":"ack","topic":"{FOLLOWED}","seq":58}}') == Ack(FOLLOWED, 58)

    @pytest.mark.parametrize("seq", ["007", "-1", "1.5", "+1", "9007199254740992", "٣", "1e3", ""])
    def test_of_no_number_ends_the_socket(self, seq: str) -> None:
        said_so = said(f'{{"type":"ack","topic":"{FOLLOWED}","seq":{seq}}}')

        assert said_so == Hangup(Close.BAD_FRAME)

    def test_of_a_stranger_ends_the_socket(self) -> None:
        text = f'{{"type":"ack","topic":"{FOLLOWED}","seq":1}}'

        assert Session(0.0).receive(text, 0.0) == Hangup(Close.NOT_SIGNED_IN)

    def test_costs_little_but_not_nothing(self) -> None:
        session = greeted()
        text = f'{{"type":"ack","topic":"{FOLLOWED}","seq":1}}'
        count = 0
        while session.receive(text, 0.0) == Ack(FOLLOWED, 1):
            count += 1

        assert FRAMES_BURST < count <= FRAMES_BURST / ACK_COSTS
