"""The rules of a connection, which both reference clients keep; each test is run against either."""

from __future__ import annotations

import pytest

from tests.realtime.clients import LATER, Client
from tests.realtime.frames import (
    ALMOST_ONE,
    ME,
    NEWS,
    connect,
    event,
    go_live,
    pause,
    reset,
    subscribe,
    welcome,
)
from tests.support.effects import Position

pytestmark = pytest.mark.once


class TestHello:
    def test_comes_first_and_carries_the_ticket(self, screen: Client) -> None:
        assert screen.begin(tickets=["t-1"]).dialled
        screen.follow(NEWS)

        assert screen.opened().sent == [{"type": "hello", "ticket": "t-1"}]

    def test_carries_none_where_a_cookie_tells_who_it_is(self, screen: Client) -> None:
        screen.begin()

        assert screen.opened().sent == [{"type": "hello"}]

    def test_takes_a_new_ticket_for_each_connection(self, screen: Client) -> None:
        connect(screen, tickets=["t-1", "t-2"])
        screen.closed()
        screen.elapse(1)

        assert screen.opened().sent == [{"type": "hello", "ticket": "t-2"}]

    def test_waits_for_the_welcome_before_it_subscribes(self, screen: Client) -> None:
        screen.begin()
        assert screen.follow(NEWS).sent == []
        screen.opened()

        assert screen.frame(welcome()).sent == [subscribe(None)]

    def test_tries_again_later_when_the_ticket_office_cannot_be_reached(
        self, screen: Client
    ) -> None:
        assert not screen.begin(tickets=[LATER, LATER, "t-3"]).dialled

        assert screen.elapse(1.5).dialled


class TestHeartbeat:
    def test_answers_a_ping(self, screen: Client) -> None:
        connect(screen)

        assert screen.frame({"type": "ping"}).sent == [{"type": "pong"}]

    def test_asks_a_silent_server_for_a_sign_of_life(self, screen: Client) -> None:
        connect(screen)

        assert screen.elapse(24).sent == []
        assert screen.elapse(2).sent == [{"type": "ping"}]

    def test_reconnects_after_two_heartbeats_of_silence(self, screen: Client) -> None:
        go_live(screen, 57)

        turn = screen.elapse(51)

        assert turn.of("hang_up")
        assert turn.dialled
        assert turn.states == [["away", None]]

    def test_does_not_reconnect_while_the_server_speaks(self, screen: Client) -> None:
        connect(screen)

        for _ in range(10):
            assert not screen.elapse(40).dialled
            screen.frame({"type": "pong"})

    def test_gives_up_on_a_connection_that_never_welcomes(self, screen: Client) -> None:
        screen.begin()
        screen.opened()

        assert screen.elapse(51).dialled

    def test_goes_by_the_heartbeat_of_the_welcome(self, screen: Client) -> None:
        screen.begin()
        screen.opened()
        screen.frame(welcome(heartbeat=2))

        assert screen.elapse(5.5).dialled

    def test_resubscribes_what_is_behind_the_top(self, screen: Client) -> None:
        go_live(screen, 57)
        top = {"type": "top", "positions": {NEWS: 58, ME: 9}}

        assert screen.frame(top).sent == [subscribe(Position("a", 57))]

    @pytest.mark.parametrize("seq", [57, 56, None, "58", True], ids=repr)
    def test_leaves_alone_what_is_not_behind_the_top(self, screen: Client, seq: object) -> None:
        go_live(screen, 57)

        assert screen.frame({"type": "top", "positions": {NEWS: seq}}).sent == []

    def test_asks_again_when_two_heartbeats_brought_no_answer(self, screen: Client) -> None:
        connect(screen)
        screen.follow(NEWS)
        top = {"type": "top", "positions": {}}

        sent = [screen.frame(top).sent for _ in range(4)]

        assert sent == [[], [subscribe(None)], [], [subscribe(None)]]


class TestReconnect:
    def test_resumes_from_the_position(self, screen: Client) -> None:
        go_live(screen, 57)
        screen.frame(event(58))
        screen.closed()
        screen.elapse(1)
        screen.opened()

        assert screen.frame(welcome()).sent == [subscribe(Position("a", 58))]

    def test_waits_longer_each_time_up_to_half_a_minute(self, screen: Client) -> None:
        screen.begin(random=ALMOST_ONE)

        pauses = []
        for _ in range(9):
            screen.closed()
            pauses.append(pause(screen, 31))

        assert pauses == pytest.approx([0.5, 1, 2, 4, 8, 16, 30, 30, 30], abs=0.11)

    def test_may_come_back_at_once(self, screen: Client) -> None:
        screen.begin(random=0.0)

        assert screen.closed().dialled

    def test_does_not_trust_a_server_that_only_says_welcome(self, screen: Client) -> None:
        screen.begin(random=ALMOST_ONE)

        pauses = []
        for _ in range(4):
            screen.opened()
            screen.frame(welcome())
            screen.closed()
            pauses.append(pause(screen, 31))

        assert pauses == pytest.approx([0.5, 1, 2, 4], abs=0.11)

    def test_starts_over_with_short_pauses_after_a_good_connection(self, screen: Client) -> None:
        screen.begin(random=ALMOST_ONE)
        for _ in range(5):
            screen.closed()
            pause(screen, 31)
        screen.opened()
        screen.frame(welcome())
        screen.elapse(24)
        screen.frame({"type": "pong"})
        screen.elapse(2)
        screen.closed()

        assert pause(screen, 31) == pytest.approx(0.5, abs=0.11)

    @pytest.mark.parametrize(
        ("reason", "longest"),
        [
            ("", 3),
            ("going away", 3),
            ('{"retry_after": 12}', 12),
            ("retry_after=1.5", 1.5),
            ("retry_after: 99999999", 300),
        ],
    )
    def test_spreads_out_as_a_server_that_goes_away_asks(
        self, screen: Client, reason: str, longest: float
    ) -> None:
        connect(screen, random=ALMOST_ONE)
        screen.closed(4410, reason)

        assert not screen.elapse(longest - 0.1).dialled
        assert screen.elapse(0.2).dialled

    def test_spreads_out_as_a_server_that_goes_away_has_said_before(self, screen: Client) -> None:
        connect(screen, random=ALMOST_ONE)
        screen.frame({"type": "going_away", "retry_after": 7.5})
        screen.closed(4410)

        assert not screen.elapse(7.4).dialled
        assert screen.elapse(0.2).dialled
        screen.opened()
        screen.closed(4410)
        assert screen.elapse(3.1).dialled

    @pytest.mark.parametrize("code", [None, 1000, 1006, 1012, 4400, 4408, 4429, 4999])
    def test_follows_every_other_good_bye(self, screen: Client, code: int | None) -> None:
        connect(screen)
        screen.closed(code)

        assert screen.elapse(1).dialled


@pytest.mark.parametrize("code", [4401, 4403])
class TestRefusedConnection:
    def test_ends_it_for_good_where_there_are_no_tickets(self, screen: Client, code: int) -> None:
        go_live(screen)

        turn = screen.closed(code)

        assert turn.states[-1] == ["ended", code]
        assert not screen.elapse(600).dialled

    def test_is_healed_by_a_new_ticket(self, screen: Client, code: int) -> None:
        go_live(screen, 57, tickets=["t-1", "t-2"])
        screen.closed(code)
        screen.elapse(1)

        assert screen.opened().sent == [{"type": "hello", "ticket": "t-2"}]
        assert screen.frame(welcome()).sent == [subscribe(Position("a", 57))]

    def test_ends_it_when_the_new_ticket_is_refused_too(self, screen: Client, code: int) -> None:
        go_live(screen, tickets=["t-1", "t-2", "t-3"])
        screen.closed(code)
        screen.elapse(1)
        screen.opened()

        assert screen.closed(code).states == [["ended", code]]
        assert not screen.elapse(600).dialled

    def test_ends_it_when_no_ticket_can_be_had(self, screen: Client, code: int) -> None:
        go_live(screen, tickets=["t-1", None])
        screen.closed(code)

        turn = screen.elapse(1)

        assert (turn.states, turn.dialled) == ([["ended", code]], False)

    def test_waits_when_a_ticket_may_be_had_later(self, screen: Client, code: int) -> None:
        go_live(screen, tickets=["t-1", LATER, "t-2"])
        screen.closed(code)

        assert screen.elapse(5).dialled


class TestAnotherResident:
    def test_does_not_inherit_the_positions(self, screen: Client) -> None:
        go_live(screen)
        screen.closed()
        screen.elapse(1)
        screen.opened()

        turn = screen.frame(welcome(resident="nora"))

        assert (turn.sent, turn.states) == ([], [["ended", 4401]])


class TestLeaving:
    def test_unsubscribes_and_forgets(self, screen: Client) -> None:
        go_live(screen)

        assert screen.leave(NEWS).sent == [{"type": "unsubscribe", "topic": NEWS}]
        assert screen.frame(event(58)).did == []
        assert screen.elapse(0).positions == {}

    def test_in_the_middle_of_a_reset_wants_no_snapshot(self, screen: Client) -> None:
        go_live(screen)
        screen.frame(reset(70))
        screen.leave(NEWS)

        assert screen.snapshot(NEWS, Position("b", 70)).sent == []

    def test_is_needed_before_following_again(self, screen: Client) -> None:
        go_live(screen)

        assert screen.follow(NEWS).error == f"{NEWS} is followed already"


class TestClosing:
    def test_is_for_good(self, screen: Client) -> None:
        go_live(screen)

        turn = screen.close()

        assert (turn.states, len(turn.of("hang_up"))) == ([["ended", 1000]], 1)
        assert screen.elapse(600).did == []
        assert screen.follow(ME).states == [["ended", 1000]]
