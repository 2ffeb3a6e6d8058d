"""What only the browser's client does, and what the machine of the rules finds in it."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis.stateful import run_state_machine_as_test

from tests.realtime.clients import VILLAGE_JS, Client, Did, NodeClient
from tests.realtime.machine import EXAMPLES, UNSHRUNK, ClientMachine
from tests.support.effects import Position

pytestmark = pytest.mark.once
NEWS = "villages/lindental/news"
WELCOME = {"type": "welcome", "resident": "edda", "heartbeat": 25, "window": 256}
SUBSCRIBED = {"type": "subscribed", "topic": NEWS, "epoch": "a", "seq": 57, "recovered": True}
AT_57 = {"epoch": "a", "seq": 57}
KEPT = f"village:edda:{NEWS}"


def machine_of(client: NodeClient) -> type[ClientMachine]:
    class NodeMachine(ClientMachine):
        def client(self) -> Client:
            return client

    return NodeMachine


def event(seq: int, kind: str = "news.article_published") -> dict[str, object]:
    return {"type": "event", "topic": NEWS, "seq": seq, "kind": kind, "at": "", "data": {}}


def go_live(node: NodeClient, **follow: object) -> None:
    node.begin()
    node.opened()
    node.frame(WELCOME)
    node.ask(do="follow", topic=NEWS, since=AT_57, **follow)
    node.frame(SUBSCRIBED)


class TestAddress:
    @pytest.mark.parametrize(
        ("url", "dialled"),
        [
            ("https://lindental.example/ws", "wss://lindental.example/ws"),
            ("http://127.0.0.1:8000/ws", "ws://127.0.0.1:8000/ws"),
            ("wss://lindental.example/ws", "wss://lindental.example/ws"),
        ],
    )
    def test_may_be_the_one_of_a_page(self, node: NodeClient, url: str, dialled: str) -> None:
        turn = node.ask(do="begin", tickets=None, random=0.5, url=url)

        assert turn.of("dial") == [{"url": dialled, "protocol": "village.v1"}]

    def test_is_refused_at_once_when_it_is_none(self, node: NodeClient) -> None:
        assert node.ask(do="begin", tickets=None, random=0.5, url="lindental").error


class TestHandlers:
    def test_by_kind_see_their_own_and_the_others_count(self, node: NodeClient) -> None:
        go_live(node, kinds=["news.article_published"])

        applied = [
            node.frame(event(58)).applied,
            node.frame(event(59, "constructor")).applied,
            node.frame(event(60, "news.unheard_of")).applied,
            node.frame(event(61)).applied,
        ]

        assert applied == [[58], [], [], [61]]

    def test_that_break_stop_nothing(self, node: NodeClient) -> None:
        go_live(node, breaks=True)

        turn = node.frame(event(58))

        assert "a mistake of the page" in turn.of("warn")[0]
        assert node.frame(event(59)).applied == [59]

    @pytest.mark.parametrize("answer", [None, {}, {"epoch": "b"}, {"epoch": "b", "seq": -1}])
    def test_that_restore_have_to_say_the_position(self, node: NodeClient, answer: object) -> None:
        go_live(node)
        node.frame({"type": "reset", "topic": NEWS, "reason": "epoch", "epoch": "b", "seq": 70})

        turn = node.ask(do="answer", topic=NEWS, value=answer)

        assert "a position is {epoch, seq}" in turn.of("warn")[0]
        assert len(node.elapse(1).of("fetch")) == 1

    def test_cannot_begin_at_what_is_no_position(self, node: NodeClient) -> None:
        go_live(node)

        turn = node.ask(do="follow", topic="residents/me", since={"seq": 3})

        assert turn.error == "a position is {epoch, seq}"


class TestTyping:
    def test_is_sent_every_few_seconds_however_fast_one_types(self, node: NodeClient) -> None:
        go_live(node)

        sent = []
        for _ in range(40):
            sent += node.ask(do="typing", topic=NEWS).sent
            node.elapse(0.1)

        assert sent == [{"type": "typing", "topic": NEWS}] * 2

    def test_is_not_sent_where_nobody_is(self, node: NodeClient) -> None:
        go_live(node)
        node.closed()

        assert node.ask(do="typing", topic=NEWS).sent == []
        assert node.ask(do="typing", topic="cases/1").sent == []


class TestKeptPositions:
    def begin(self, node: NodeClient, stored: dict[str, str]) -> None:
        node.ask(do="begin", tickets=None, random=0.5, stored=stored)
        node.opened()
        node.frame(WELCOME)

    def test_survive_a_reload(self, node: NodeClient) -> None:
        self.begin(node, {KEPT: '{"epoch": "a", "seq": 57}'})

        turn = node.follow(NEWS)
        assert turn.sent == [{"type": "subscribe", "topic": NEWS, "since": AT_57}]
        node.frame(SUBSCRIBED)

        assert Did("store", KEPT, {"epoch": "a", "seq": 58}) in node.frame(event(58)).did

    def test_give_way_to_what_the_page_knows(self, node: NodeClient) -> None:
        self.begin(node, {KEPT: '{"epoch": "a", "seq": 57}'})

        turn = node.follow(NEWS, Position("a", 60))

        assert turn.sent[0]["since"] == {"epoch": "a", "seq": 60}

    @pytest.mark.parametrize("stored", ["", "{", "null", "7", '{"epoch": 1, "seq": 1}'])
    def test_that_cannot_be_read_are_none(self, node: NodeClient, stored: str) -> None:
        self.begin(node, {KEPT: stored})

        assert node.follow(NEWS).sent == [{"type": "subscribe", "topic": NEWS}]

    def test_of_somebody_else_are_none(self, node: NodeClient) -> None:
        self.begin(node, {f"village:nora:{NEWS}": '{"epoch": "a", "seq": 57}'})

        assert node.follow(NEWS).sent == [{"type": "subscribe", "topic": NEWS}]

    def test_are_not_needed_where_there_is_no_room_left(self, node: NodeClient) -> None:
        topic = "villages/lindental/full"
        self.begin(node, {})
        node.follow(topic, Position("a", 57))
        node.frame({**SUBSCRIBED, "topic": topic})
        node.frame({**event(58), "topic": topic})

        assert node.frame({**event(59), "topic": topic}).applied == [59]


class TestClock:
    def test_set_back_by_an_hour_hides_no_silence(self, node: NodeClient) -> None:
        go_live(node)
        node.ask(do="jump", ms=-3_600_000)

        # What passed since the clock was last looked at, a pulse ago at most, is lost.
        assert node.elapse(51 + 5).dialled

    def test_that_ran_on_while_the_laptop_slept_tells_at_once(self, node: NodeClient) -> None:
        go_live(node)
        node.ask(do="jump", ms=3_600_000)

        assert node.elapse(6).dialled


class TestWhateverHappens:
    def test_shows_exactly_the_log(self, node: NodeClient) -> None:
        run_state_machine_as_test(machine_of(node), settings=EXAMPLES)

    @pytest.mark.parametrize(
        ("old", "new"),
        [
            pytest.param("frame.seq <= t.position.seq", "false", id="applies what is old"),
            pytest.param("frame.seq > t.position.seq + 1", "false", id="overlooks a gap"),
            pytest.param("seq > t.position.seq) ask(t)", "false) ask(t)", id="overlooks the top"),
            pytest.param(
                "t.position ??= { epoch, seq }", "t.position = { epoch, seq }", id="jumps"
            ),
            pytest.param("    t.position = position;\n", "", id="stays where it was"),
            pytest.param("silence >= 2 * heartbeat", "false", id="waits for a dead server"),
            pytest.param('if (t.state === "away") ask(t)', "", id="does not resubscribe"),
            pytest.param(
                'state !== "resetting") return;\n    t.position',
                "state !== 'live') return;\n    t.position",
                id="forgets the snapshot",
            ),
        ],
    )
    def test_would_be_found_out(self, tmp_path: Path, old: str, new: str) -> None:
        """Break one rule, and see that the machine notices."""
        source = VILLAGE_JS.read_text(encoding="utf-8")
        assert source.count(old) == 1, "the rule reads differently now; write the mutant anew"
        mutant = tmp_path / "mutant.js"
        mutant.write_text(source.replace(old, new), encoding="utf-8")
        client = NodeClient.start(mutant)

        try:
            with pytest.raises(AssertionError):
                run_state_machine_as_test(machine_of(client), settings=UNSHRUNK)
        finally:
            client.stop()
