"""The rules of a topic, which both reference clients keep; each test is run against either."""

from __future__ import annotations

import pytest

from tests.realtime.clients import Client, PythonClient
from tests.realtime.frames import (
    ALMOST_ONE,
    ME,
    NEWS,
    connect,
    event,
    go_live,
    reset,
    subscribe,
    subscribed,
    welcome,
)
from tests.realtime.machine import EXAMPLES, ClientMachine
from tests.support.effects import Frame, Position

pytestmark = pytest.mark.once


class TestEvents:
    def test_are_applied_one_after_the_other(self, screen: Client) -> None:
        go_live(screen, 57)

        assert [screen.frame(event(seq)).applied for seq in (58, 59)] == [[58], [59]]
        assert screen.elapse(0).positions == {NEWS: Position("a", 59)}

    def test_start_after_the_answer_when_nobody_said_since_when(self, screen: Client) -> None:
        connect(screen)
        screen.follow(NEWS)
        screen.frame(subscribed(57, recovered=False))

        assert screen.frame(event(58)).applied == [58]

    def test_start_at_the_first_when_the_list_was_older_than_its_topic(
        self, screen: Client
    ) -> None:
        connect(screen)
        screen.follow(NEWS, Position("", 0))

        assert screen.frame(subscribed(2)).positions == {NEWS: Position("a", 0)}
        assert screen.frame(event(1)).applied == [1]

    def test_are_applied_once(self, screen: Client) -> None:
        go_live(screen, 57)
        screen.frame(event(58))

        turn = screen.frame(event(58))

        assert (turn.applied, turn.sent) == ([], [])

    def test_are_asked_for_again_when_one_is_missing(self, screen: Client) -> None:
        go_live(screen, 57)

        turn = screen.frame(event(59))

        assert (turn.applied, turn.sent) == ([], [subscribe(Position("a", 57))])

    def test_are_asked_for_only_once_until_the_answer(self, screen: Client) -> None:
        go_live(screen, 57)
        screen.frame(event(59))

        assert screen.frame(event(60)).sent == []
        screen.frame(subscribed(60))
        assert screen.frame(event(58)).applied == [58]

    def test_are_not_applied_between_a_question_and_its_answer(self, screen: Client) -> None:
        connect(screen)
        screen.follow(NEWS, Position("a", 57))

        assert screen.frame(event(58)).applied == []

    def test_of_a_kind_from_the_future_count_as_positions(self, screen: Client) -> None:
        go_live(screen, 57)
        screen.frame(event(58, kind="village.unheard_of"))

        assert screen.frame(event(59)).applied == [59]

    def test_of_two_topics_do_not_meddle(self, screen: Client) -> None:
        go_live(screen, 57)
        screen.follow(ME, Position("x", 3))
        screen.frame(subscribed(3, epoch="x", topic=ME))
        screen.frame(event(4, topic=ME))

        positions = screen.frame(event(58)).positions

        assert positions == {NEWS: Position("a", 58), ME: Position("x", 4)}

    def test_of_topics_nobody_follows_are_ignored(self, screen: Client) -> None:
        go_live(screen)

        assert screen.frame(event(1, topic="villages/bergheim/news")).did == []


class TestAcknowledgement:
    def test_is_sent_at_every_64th_event(self, screen: Client) -> None:
        go_live(screen, 0)

        sent = [screen.frame(event(seq)).sent for seq in range(1, 129)]

        assert [n for n, frames in enumerate(sent, 1) if frames] == [64, 128]
        assert sent[63] == [{"type": "ack", "topic": NEWS, "seq": 64}]

    def test_is_sent_at_half_of_a_smaller_window(self, screen: Client) -> None:
        screen.begin()
        screen.opened()
        screen.frame(welcome(window=10))
        screen.follow(NEWS, Position("a", 0))
        screen.frame(subscribed(0))

        assert [bool(screen.frame(event(seq)).sent) for seq in range(1, 6)] == [False] * 4 + [True]

    def test_is_sent_within_ten_seconds(self, screen: Client) -> None:
        go_live(screen, 57)
        screen.elapse(4)
        screen.frame(event(58))

        assert screen.elapse(10).sent == [{"type": "ack", "topic": NEWS, "seq": 58}]
        assert screen.elapse(10).sent == []


class TestReset:
    def test_fetches_the_snapshot_and_goes_on_from_its_position(self, screen: Client) -> None:
        go_live(screen, 57)

        turn = screen.frame(reset(70))
        assert turn.sent == []
        assert turn.of("fetch") == [
            {
                "reason": "epoch",
                "epoch": "b",
                "seq": 70,
                "snapshot": "/api/v1/villages/lindental/articles",
            }
        ]
        assert screen.frame(event(58)).applied == []

        turn = screen.snapshot(NEWS, Position("b", 68))
        assert turn.sent == [subscribe(Position("b", 68))]
        screen.frame(subscribed(70, epoch="b"))
        assert screen.frame(event(69)).applied == [69]

    def test_keeps_the_snapshot_that_comes_while_there_is_no_connection(
        self, screen: Client
    ) -> None:
        go_live(screen, 57)
        screen.frame(reset(70))
        screen.closed()
        screen.elapse(1)
        screen.opened()
        assert screen.frame(welcome()).sent == []
        screen.closed()

        assert screen.snapshot(NEWS, Position("b", 70)).sent == []
        screen.elapse(2)
        screen.opened()
        assert screen.frame(welcome()).sent == [subscribe(Position("b", 70))]

    def test_fetches_again_after_a_pause_when_there_was_no_snapshot(self, screen: Client) -> None:
        go_live(screen, 57, random=ALMOST_ONE)
        screen.frame(reset(70))

        assert screen.snapshot(NEWS, None).of("fetch") == []
        assert screen.elapse(0.9).of("fetch") == []
        assert len(screen.elapse(0.2).of("fetch")) == 1
        screen.snapshot(NEWS, None)
        assert screen.elapse(1.9).of("fetch") == []
        assert len(screen.elapse(0.2).of("fetch")) == 1

    def test_does_not_hurry_when_the_snapshot_was_of_no_use(self, screen: Client) -> None:
        go_live(screen, 57, random=ALMOST_ONE)
        screen.frame(reset(70, reason="trimmed"))
        screen.snapshot(NEWS, Position("b", 60))

        assert screen.frame(reset(70, reason="trimmed")).of("fetch") == []
        assert len(screen.elapse(1.1).of("fetch")) == 1

    def test_fetches_once_for_two_resets(self, screen: Client) -> None:
        go_live(screen, 57)
        screen.frame(reset(70))

        assert screen.frame(reset(71)).did == []

    @pytest.mark.parametrize(
        "answer",
        [subscribed(70, epoch="b"), subscribed(70, recovered=False)],
        ids=["another epoch", "not recovered"],
    )
    def test_is_what_an_answer_amounts_to_that_goes_on_from_elsewhere(
        self, screen: Client, answer: Frame
    ) -> None:
        connect(screen)
        screen.follow(NEWS, Position("a", 57))

        turn = screen.frame(answer)

        assert len(turn.of("fetch")) == 1
        assert screen.frame(event(58)).applied == []

    def test_does_not_follow_from_a_second_answer(self, screen: Client) -> None:
        connect(screen)
        screen.follow(NEWS)
        screen.frame(subscribed(57, recovered=False))
        screen.frame(event(58))

        assert screen.frame(subscribed(58, recovered=False)).did == []
        assert screen.frame(event(59)).applied == [59]


class TestRefusedTopic:
    def test_is_told_and_left_alone(self, screen: Client) -> None:
        go_live(screen)
        refused = {"type": "refused", "topic": NEWS, "code": "topic.not_admitted"}

        assert screen.frame(refused).states == [["refused", "topic.not_admitted"]]
        assert screen.frame(event(58)).applied == []
        screen.closed()
        screen.elapse(1)
        screen.opened()
        assert screen.frame(welcome()).sent == []

    def test_can_be_followed_anew(self, screen: Client) -> None:
        go_live(screen)
        screen.frame({"type": "refused", "topic": NEWS, "code": "topic.limit"})

        assert screen.leave(NEWS).sent == []
        assert screen.follow(NEWS).sent == [subscribe(None)]


class TestTyping:
    def test_is_shown_and_is_no_event(self, screen: Client) -> None:
        go_live(screen, 57)
        frame = {"type": "typing", "topic": NEWS, "resident": "nora"}

        turn = screen.frame(frame)

        assert turn.of("typing") == [frame]
        assert turn.positions == {NEWS: Position("a", 57)}


class TestNonsense:
    @pytest.mark.parametrize(
        "frame",
        [
            None,
            7,
            "event",
            [],
            {},
            {"type": None},
            {"type": "weather", "topic": NEWS, "seq": 58},
            {"type": "constructor"},
            {"type": "event"},
            {"type": "event", "topic": {}, "seq": 58},
            {"type": "event", "topic": NEWS},
            {"type": "event", "topic": NEWS, "seq": "58"},
            {"type": "event", "topic": NEWS, "seq": 58.5},
            {"type": "event", "topic": NEWS, "seq": True},
            {"type": "event", "topic": NEWS, "seq": -1},
            {"type": "reset", "topic": NEWS, "seq": 70},
            {"type": "reset", "topic": NEWS, "epoch": 3, "seq": 70},
            {"type": "subscribed", "topic": NEWS, "epoch": "b", "seq": None},
            {"type": "going_away", "retry_after": "soon"},
            {"type": "top"},
            {"type": "top", "positions": None},
            {"type": "top", "positions": [58]},
        ],
        ids=repr,
    )
    def test_changes_nothing(self, screen: Client, frame: object) -> None:
        go_live(screen, 57)

        turn = screen.frame(frame)

        assert turn.did == []
        assert screen.frame(event(58)).applied == [58]


class PythonMachine(ClientMachine):
    def client(self) -> Client:
        return PythonClient()


TestWhateverHappens = PythonMachine.TestCase
TestWhateverHappens.settings = EXAMPLES
